using System.Collections.Concurrent;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Persistence ids that this process has minted and the store cannot know: their first recovery needs no read. Each is good for one
/// recovery; after that the store is asked. Safe for all threads.
/// </summary>
public sealed class NewIds(int most = 100_000)
{
    private readonly ConcurrentDictionary<string, byte> _ids = new();

    /// <summary>Beyond the bound an id is not kept: its recovery costs a read.</summary>
    public void Add(string persistenceId)
    {
        if (_ids.Count < most)
        {
            _ids.TryAdd(persistenceId, 0);
        }
    }

    /// <summary>For an entity that is given up before it began.</summary>
    public void Remove(string persistenceId) => _ids.TryRemove(persistenceId, out _);

    internal bool Contains(string persistenceId) => _ids.ContainsKey(persistenceId);

    internal bool TryTake(string persistenceId) => _ids.TryRemove(persistenceId, out _);
}
