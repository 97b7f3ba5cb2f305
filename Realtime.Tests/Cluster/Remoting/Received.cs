using System.Collections.Concurrent;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>What an actor got, in its order.</summary>
internal sealed class Received
{
    private readonly ConcurrentQueue<object> _messages = new();

    public int Count => _messages.Count;

    public void Add(object message) => _messages.Enqueue(message);

    public IEnumerable<T> Of<T>() => _messages.OfType<T>();

    public Task HasAsync(int count) => Soon.IsTrueAsync(() => Count >= count, $"{count} messages");
}
