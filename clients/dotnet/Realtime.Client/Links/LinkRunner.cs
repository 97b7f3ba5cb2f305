using System.Threading.Channels;
using Realtime.Client.Core;
using Realtime.Client.Protocol;

namespace Realtime.Client.Links;

/// <summary>One link from opening to its end: a task that opens and reads it, and one that writes what is queued.</summary>
internal sealed class LinkRunner : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly int _number;
    private readonly Action<ClientInput> _post;
    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<Outgoing> { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _patience;
    private readonly Lock _gate = new();
    private int _closeCode = CloseCodes.Normal;
    private bool _opened;
    private bool _closing;
    private long _queued;

    /// <param name="gateway">Asked where the link goes; null: to the address.</param>
    public LinkRunner(int number, ILinkConnector connector, GatewayClient? gateway, Uri url, TimeProvider time, Action<ClientInput> post)
    {
        _number = number;
        _post = post;
        _patience = time.CreateTimer(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Completion = Task.Run(() => RunAsync(connector, gateway, url));
    }

    /// <summary>Ends when nothing of the link is left; never fails.</summary>
    public Task Completion { get; }

    /// <param name="frame">One whole frame.</param>
    /// <param name="urgent">It overtakes what is queued: an answer to a ping must not wait behind large messages.</param>
    public void Send(ReadOnlyMemory<byte> frame, bool urgent = false) =>
        _outgoing.Writer.TryWrite(new Outgoing(frame, urgent, Interlocked.Increment(ref _queued)));

    /// <summary>
    /// Lets what is queued go out, then says the close code and waits a moment for the other side's. A link that is still
    /// being opened is given up.
    /// </summary>
    public void Close(int code)
    {
        bool opened;
        lock (_gate)
        {
            _closeCode = code;
            _closing = true;
            opened = _opened;
        }

        _outgoing.Writer.TryComplete();
        if (opened)
        {
            _patience.Change(Patience, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _ = _stop.CancelAsync();
        }
    }

    /// <summary>Waits for the end; what is open is freed there, by the task that opened it.</summary>
    public ValueTask DisposeAsync() => new(Completion);

    private async Task RunAsync(ILinkConnector connector, GatewayClient? gateway, Uri url)
    {
        int? code = null;
        Fault? reason = null;
        try
        {
            url = gateway is null ? url : await AskAsync(gateway, url).ConfigureAwait(false);
            await using var link = await connector.OpenAsync(url, _stop.Token).ConfigureAwait(false);
            lock (_gate)
            {
                _opened = true;
                if (_closing)
                {
                    return;
                }
            }

            link.OnProgress(() => _post(new ClientInput.Progress(_number)));
            _post(new ClientInput.LinkOpened(_number));
            var writing = WriteAsync(link);
            try
            {
                await ReadAsync(link).ConfigureAwait(false);
                code = link.CloseCode;
            }
            finally
            {
                code ??= link.CloseCode;
                _outgoing.Writer.TryComplete();
                await writing.ConfigureAwait(false);
            }
        }
        catch (RealtimeException refusal)
        {
            reason = refusal.Fault;
        }
        catch (FrameException)
        {
            _post(new ClientInput.Garbled(_number));
        }
        catch (Exception fault)
        {
            // Every way a link can break means the same to the session: it is lost, and resumed on the next one.
            reason = new Fault(_opened ? ErrorCodes.ConnectionLost : ErrorCodes.ConnectFailed, $"{Place(url)}: {fault.GetBaseException().Message}");
        }

        await _patience.DisposeAsync().ConfigureAwait(false);
        // The shell forgets the link with this; nobody can close it any more, so its source may go.
        _post(new ClientInput.LinkLost(_number, code, reason ?? new Fault(ErrorCodes.ConnectionLost, $"{Place(url)} closed the connection ({code ?? 1006}).")));
        _stop.Dispose();
    }

    private async Task<Uri> AskAsync(GatewayClient gateway, Uri url)
    {
        switch (await gateway.AskAsync(_stop.Token).ConfigureAwait(false))
        {
            case GatewayWord.Now now:
                _post(new ClientInput.Steered(_number, now.Address));
                return now.Url;
            case GatewayWord.Later later:
                _post(new ClientInput.Steered(_number, null));
                throw new RealtimeException(ErrorCodes.Unavailable, later.Why, Outcome.None, later.Wait);
            default:
                return url;
        }
    }

    /// <summary>Without the query: tickets are in there.</summary>
    private static string Place(Uri url) => url.GetLeftPart(UriPartial.Path);

    private async Task ReadAsync(ILink link)
    {
        while (await link.ReceiveAsync(_stop.Token).ConfigureAwait(false) is { } message)
        {
            _post(new ClientInput.Received(_number, FrameReader.Read(message)));
        }
    }

    private async Task WriteAsync(ILink link)
    {
        try
        {
            await foreach (var next in _outgoing.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await link.SendAsync(next.Frame, _stop.Token).ConfigureAwait(false);
            }

            await link.CloseAsync(_closeCode, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The reading side of a link that cannot be written to any more must end as well, or nobody would notice.
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private readonly record struct Outgoing(ReadOnlyMemory<byte> Frame, bool Urgent, long Number) : IComparable<Outgoing>
    {
        public int CompareTo(Outgoing other) => Urgent == other.Urgent ? Number.CompareTo(other.Number) : Urgent ? -1 : 1;
    }
}
