using Realtime.Messages.Channels;

namespace Realtime.Node.Feeds;

/// <summary>
/// How far a feed has got with an owner on another node, as its hub tells that node. The feed replaces it as a whole; its hub reads it, so a
/// renewal of thousands of feeds needs no message to any.
/// </summary>
internal sealed class ProgressCell
{
    private volatile FeedProgress _latest = FeedProgress.None;

    public FeedProgress Latest => _latest;

    public void Set(FeedProgress progress) => _latest = progress;
}
