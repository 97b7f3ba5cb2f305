using System.Text;
using Realtime.Messages.Errors;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;

namespace Realtime.Tests.Connections;

/// <summary>A link whose peer reads only when the test lets it.</summary>
internal sealed class FakeLink : IClientLink
{
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];
    private TaskCompletionSource? _pending;
    private bool _held;
    private bool _sending;

    public string Transport => "fake";

    public IFrameCodec Codec { get; } = new JsonFrameCodec();

    /// <summary>Called with each transport message as it is sent, by one sender at a time.</summary>
    public Action<string>? Received { get; set; }

    public Exception? Fault { get; set; }

    public bool Overlapped { get; private set; }

    public bool IsAborted { get; private set; }

    public CloseCode? Closed { get; private set; }

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
            _held = true;
        }
    }

    public void Release()
    {
        TaskCompletionSource? pending;
        lock (_gate)
        {
            _held = false;
            pending = _pending;
            _pending = null;
        }

        pending?.SetResult();
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

        pending?.SetResult();
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        Task? wait = null;
        lock (_gate)
        {
            Overlapped |= _sending;
            _sending = true;
            if (Fault is { } fault)
            {
                throw fault;
            }

            var text = Encoding.UTF8.GetString(message.Span);
            _messages.Add(text);
            Received?.Invoke(text);
            if (_held)
            {
                _pending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _pending.Task;
            }
            else
            {
                _sending = false;
            }
        }

        if (wait is not null)
        {
            await wait;
            lock (_gate)
            {
                _sending = false;
            }
        }
    }

    /// <summary>What it says of how far what was sent has come.</summary>
    public LinkProgress? Progress { get; set; }

    public LinkProgress? Measure() => Progress;

    public ValueTask CloseAsync(CloseCode code, string reason)
    {
        Closed = code;
        return ValueTask.CompletedTask;
    }

    public void Abort() => IsAborted = true;
}
