using System.Text;

namespace Realtime.Tests.Support;

/// <summary>A transport whose peer reads only when the test lets it.</summary>
/// <param name="continuesInline">What waits for a send goes on in the turn of <see cref="ReadOne"/>, and not on another thread.</param>
internal abstract class HeldSender(bool continuesInline)
{
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];
    private TaskCompletionSource? _pending;
    private bool _isHeld;
    private bool _isSending;

    /// <summary>Called with each transport message as it is sent, by one sender at a time.</summary>
    public Action<string>? Received { get; set; }

    public Exception? Fault { get; set; }

    /// <summary>Two sends were under way at once.</summary>
    public bool IsOverlapped { get; private set; }

    public bool IsAborted { get; private set; }

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>From now on a send does not complete.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
        }

        ReadOne();
    }

    /// <summary>Lets the send under way complete and holds the next one.</summary>
    public void ReadOne()
    {
        TaskCompletionSource? pending;
        lock (_gate)
        {
            pending = _pending;
            _pending = null;
        }

        // Continuations run here only where no context wants them elsewhere; the test kit has one.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        pending?.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        TaskCompletionSource? pending = null;
        lock (_gate)
        {
            IsOverlapped |= _isSending;
            if (Fault is { } fault)
            {
                throw fault;
            }

            var text = Encoding.UTF8.GetString(message.Span);
            _messages.Add(text);
            Received?.Invoke(text);
            if (_isHeld)
            {
                _isSending = true;
                _pending = pending = new TaskCompletionSource(
                    continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (pending is not null)
        {
            await pending.Task.ConfigureAwait(false);
            lock (_gate)
            {
                _isSending = false;
            }
        }
    }

    public void Abort() => IsAborted = true;
}
