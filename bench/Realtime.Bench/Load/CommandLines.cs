using System.Text.Json;
using Realtime.Bench.Native;

namespace Realtime.Bench.Load;

/// <summary>The coordinator's lines on standard input, read without blocking the loop: only when the poller says there is something.</summary>
internal sealed class CommandLines
{
    public const int Descriptor = 0;

    private readonly List<byte> _partial = [];
    private readonly byte[] _chunk = new byte[64 * 1024];

    /// <summary>False when the coordinator is gone.</summary>
    public unsafe bool Read(Action<LoadCommand> obey)
    {
        nint count;
        fixed (byte* start = _chunk)
            count = Libc.Read(Descriptor, start, (nuint)_chunk.Length);
        if (count <= 0)
            return false;

        foreach (var value in _chunk.AsSpan(0, (int)count))
        {
            if (value != '\n')
            {
                _partial.Add(value);
                continue;
            }

            var command = JsonSerializer.Deserialize<LoadCommand>(_partial.ToArray()) ?? throw new InvalidOperationException("An empty command.");
            _partial.Clear();
            obey(command);
        }

        return true;
    }
}
