namespace Realtime.Node.Events;

/// <summary>Who takes events: the handlers of this process, or an endpoint of the application. Each has a place of its own on every outbox.</summary>
internal interface IEventTarget
{
    /// <summary>The same in all processes and after restarts: its places are kept under it.</summary>
    string Name { get; }

    bool Wants(ApplicationEvent happened);

    /// <summary>Never throws but for a cancellation: what goes wrong is an outcome.</summary>
    Task<EventOutcome> DeliverAsync(ApplicationEvent happened, CancellationToken cancellation);
}
