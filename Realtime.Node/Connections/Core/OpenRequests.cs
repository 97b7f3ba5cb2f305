namespace Realtime.Node.Connections.Core;

/// <summary>Requests that wait for an answer from an entity or a feed, by tag.</summary>
internal sealed class OpenRequests
{
    private readonly Dictionary<long, OpenRequest> _byTag = [];
    private long _lastTag;

    public int Count => _byTag.Count;

    public int Publishes { get; private set; }

    /// <summary>Those whose answers are large.</summary>
    public int Large { get; private set; }

    public long Add(OpenRequest request)
    {
        _byTag.Add(++_lastTag, request);
        CountIn(request, 1);
        return _lastTag;
    }

    public bool Remove(long tag, out OpenRequest request)
    {
        if (!_byTag.Remove(tag, out request))
        {
            return false;
        }

        CountIn(request, -1);
        return true;
    }

    /// <summary>Takes out what was asked before <paramref name="before"/> (monotonic milliseconds).</summary>
    public List<OpenRequest> RemoveOlderThan(long before)
    {
        var late = new List<OpenRequest>();
        foreach (var (tag, request) in _byTag)
        {
            if (request.Since < before && Remove(tag, out _))
            {
                late.Add(request);
            }
        }

        return late;
    }

    private void CountIn(OpenRequest request, int change)
    {
        Publishes += request.Kind is RequestKind.Publish ? change : 0;
        Large += request.Kind is RequestKind.History or RequestKind.Presence ? change : 0;
    }
}
