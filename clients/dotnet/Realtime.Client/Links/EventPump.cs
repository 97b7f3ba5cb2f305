using System.Threading.Channels;

namespace Realtime.Client.Links;

/// <summary>
/// Runs the application's event handlers one after the other, in the order of what happened, away from the client's own
/// work: a slow handler delays other handlers and nothing else.
/// </summary>
internal sealed class EventPump
{
    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    public EventPump() => Completion = Task.Run(RunAsync);

    public Task Completion { get; }

    public void Post(Action call) => _queue.Writer.TryWrite(call);

    public void Complete() => _queue.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (var call in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                call();
            }
            catch (Exception fault)
            {
                // A handler that throws is the application's bug: it must be seen, and must not silence the other events.
                ThreadPool.UnsafeQueueUserWorkItem(static fault => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault), fault, preferLocal: false);
            }
        }
    }
}
