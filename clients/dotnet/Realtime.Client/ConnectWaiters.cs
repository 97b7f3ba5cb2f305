using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>Those who wait for the connection, and for the end.</summary>
internal sealed class ConnectWaiters
{
    private readonly TaskCompletionSource _closed = NewSource();
    private TaskCompletionSource _connected = NewSource();

    private int _waiting;

    /// <summary>One more waits. The task ends when connected, and fails when the client is at its end.</summary>
    public Task Begin()
    {
        _waiting++;
        return _connected.Task;
    }

    /// <summary>One waits no more; true when it was the last.</summary>
    public bool Leave() => --_waiting == 0;

    public Task Closed => _closed.Task;

    public void Change(ClientState state, Fault? fault)
    {
        switch (state)
        {
            case ClientState.Connected:
                _connected.TrySetResult();
                break;
            case ClientState.Closed:
                Renew();
                _connected.SetException(new RealtimeException(fault ?? new Fault(ErrorCodes.Closed, "The client was closed.")));
                _closed.TrySetResult();
                break;
            default:
                Renew();
                break;
        }
    }

    private static TaskCompletionSource NewSource()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Often nobody waits; the failure must not surface as an unobserved exception then.
        _ = source.Task.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return source;
    }

    private void Renew()
    {
        if (_connected.Task.IsCompleted)
        {
            _connected = NewSource();
        }
    }
}
