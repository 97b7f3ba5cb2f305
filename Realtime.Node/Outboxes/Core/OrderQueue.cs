using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Core;

/// <summary>Events of one order key. Only the first one is under way.</summary>
internal sealed class OrderQueue(string key)
{
    private readonly Queue<ApplicationEvent> _events = [];

    public string Key => key;

    public int Count => _events.Count;

    public ApplicationEvent First => _events.Peek();

    public IEnumerable<ApplicationEvent> All => _events;

    /// <summary>Of the first one.</summary>
    public int Tries { get; private set; }

    /// <summary>When the first one was tried first.</summary>
    public long? Begun { get; private set; }

    /// <summary>Why the first one is to be buried; null: it is to be delivered.</summary>
    public string? Verdict { get; set; }

    public void Add(ApplicationEvent happened) => _events.Enqueue(happened);

    public void Begin(long now) => Begun ??= now;

    public void CountTry() => Tries++;

    public ApplicationEvent Settle()
    {
        (Tries, Begun, Verdict) = (0, null, null);
        return _events.Dequeue();
    }
}
