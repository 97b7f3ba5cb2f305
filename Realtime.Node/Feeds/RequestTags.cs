namespace Realtime.Node.Feeds;

/// <summary>Tags of one feed's requests.</summary>
internal sealed class RequestTags
{
    private long _last;

    public long Next() => ++_last;
}
