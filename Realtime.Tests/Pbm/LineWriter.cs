using System.Text;
using System.Threading.Channels;

namespace Realtime.Tests.Pbm;

/// <summary>Hands on what is written, line by line, while it is written.</summary>
internal sealed class LineWriter(ChannelWriter<string> lines) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value == '\n')
            {
                lines.TryWrite(_line.ToString());
                _line.Clear();
            }
            else
            {
                _line.Append(value);
            }
        }
    }
}
