using System.Globalization;

namespace Realtime.Tests.StoreChild;

/// <summary>One line per fact, handed to the operating system before anything else happens.</summary>
internal sealed class Output(TextWriter writer)
{
    private readonly Lock _gate = new();

    public void Started(long life) => Write("started", "node", life, 0);

    /// <summary>What a log has recovered.</summary>
    public void Recovered(string log, long head, long tail) => Write("recovered", log, head, tail);

    /// <summary>Everything up to this number is acknowledged.</summary>
    public void Acknowledged(string log, long through, long life) => Write("acknowledged", log, through, life);

    private void Write(string what, string log, long number, long other)
    {
        lock (_gate)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {log} {number} {other}"));
            writer.Flush();
        }
    }
}
