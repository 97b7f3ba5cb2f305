namespace Realtime.Node.Feeds;

/// <summary>
/// Numbers that grow over all feeds of a node, for Listen, Unlisten and statements of presence: a feed that takes another's place is the
/// newer one for its channel.
/// </summary>
internal sealed class AttemptCounter
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}
