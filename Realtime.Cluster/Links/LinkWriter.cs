using System.Buffers;

namespace Realtime.Cluster.Links;

/// <summary>The work on a stream this node dialled: sends what its queue holds, pings, and hears the answers.</summary>
internal sealed class LinkWriter
{
    /// <summary>So much goes into one flush: enough to amortise the system call, little enough for control frames not to wait long.</summary>
    private const int GatherBytes = 64 * 1024;

    private readonly LinkStream _stream;
    private readonly LinkQueue _queue;

    // The first ping is what makes the stream stand in the eyes of the peer.
    private int _pingDue = 1;
    private bool _ended;

    public LinkWriter(LinkStream stream, LinkQueue queue)
    {
        _stream = stream;
        _queue = queue;
    }

    /// <summary>Completes when the stream is at its end.</summary>
    public async Task RunAsync(LinkOptions options)
    {
        _queue.Wake();
        _stream.Watch(options.PingEvery, options.PingTimeout, PingSoon);
        var hearing = HearAsync();
        try
        {
            await WriteAsync().ConfigureAwait(false);
        }
        finally
        {
            _stream.Abort("writing to it failed");
            await hearing.ConfigureAwait(false);
        }
    }

    private void PingSoon()
    {
        Volatile.Write(ref _pingDue, 1);
        _queue.Wake();
    }

    private async Task WriteAsync()
    {
        var output = _stream.Output;
        while (!Volatile.Read(ref _ended))
        {
            await _queue.WaitAsync().ConfigureAwait(false);
            bool more;
            do
            {
                if (Interlocked.Exchange(ref _pingDue, 0) == 1)
                {
                    output.Write(LinkFraming.Ping);
                }

                more = _queue.MoveTo(output, GatherBytes);
                if ((await output.FlushAsync().ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }
            while (more);
        }
    }

    /// <summary>Whatever comes on this stream says that the peer reads.</summary>
    private async Task HearAsync()
    {
        try
        {
            while (true)
            {
                var result = await _stream.Input.ReadAsync().ConfigureAwait(false);
                _stream.Heard();
                _stream.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            _stream.Abort("the peer closed it");
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            _stream.Abort(fault.Message);
        }
        finally
        {
            Volatile.Write(ref _ended, true);
            _queue.Wake();
        }
    }
}
