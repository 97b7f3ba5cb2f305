namespace Realtime.Cluster.Links;

/// <summary>The handshake ended with a no.</summary>
/// <param name="hello">What the other side said of itself, as far as it got; not to be believed.</param>
internal sealed class LinkRefusedException(LinkRefusal cause, LinkHello? hello = null) : Exception($"refused: {cause}")
{
    public LinkRefusal Cause => cause;

    public LinkHello? Hello => hello;

    /// <summary>A newer view heals it, so that it is tried again soon.</summary>
    public bool IsPassing => cause is LinkRefusal.NotExpected or LinkRefusal.NotInView;
}
