using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Gateway;

/// <summary>
/// Which node a client shall connect to. Pure: the random numbers come in. Being on the node it names is an optimisation; every other one serves
/// the client as well.
/// </summary>
public static class GatewayRouting
{
    /// <summary>Where clients connect, below a node's <see cref="NodeProfile.ClientUrl"/>.</summary>
    public const string ConnectPath = "/v1/connect";

    /// <summary>Whether it can be a <see cref="NodeProfile.ClientUrl"/>.</summary>
    public static bool IsClientUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss" && uri.Host.Length > 0 &&
        uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0 && text.Length <= 512;

    public static string ConnectUrl(string clientUrl) => clientUrl.TrimEnd('/') + ConnectPath;

    /// <summary>Whether clients can be sent to this very node.</summary>
    public static bool IsOpen(NodeRow node) => node is { Status: NodeStatus.Active, Profile.ClientUrl: not null };

    /// <summary>
    /// The node that a session's entity lives on; null while that is nobody clients can be sent to. Of a draining node, too: it is about
    /// to give the session away.
    /// </summary>
    public static NodeRow? OwnerOf(ClusterView view, SessionId session) =>
        view.OwnerOf(view.ShardOf(EntityAddress.Of(session))) is { } owner && IsOpen(owner) ? owner : null;

    /// <summary>
    /// For a session that lives nowhere: the one with more room of two picked at random (Mitzenmacher 2001). Always taking the one with the most would send a
    /// whole herd to the same node, because loads are known only as of the last heartbeat.
    /// </summary>
    /// <param name="except">Not this one; none: any.</param>
    /// <param name="ownLoad">What this node knows of itself is newer than its row.</param>
    /// <param name="first">Random, 0 to below 1.</param>
    /// <param name="second">Random, 0 to below 1.</param>
    /// <returns>Null: clients cannot choose a node here; they go where the load balancer brings them.</returns>
    public static NodeRow? MostRoom(ClusterView view, NodeId except, (NodeId Node, int Load)? ownLoad, double first, double second)
    {
        var open = view.Nodes.Where(node => IsOpen(node) && node.Profile.Name != except).ToArray();
        var roomy = Array.FindAll(open, node => Room(node, ownLoad) > 0);
        var candidates = roomy.Length > 0 ? roomy : open;
        if (candidates.Length <= 1)
        {
            return candidates.Length == 0 ? null : candidates[0];
        }

        // Two different ones: the second is picked among the others.
        var one = (int)(first * candidates.Length);
        var other = (one + 1 + (int)(second * (candidates.Length - 1))) % candidates.Length;
        return Room(candidates[other], ownLoad) > Room(candidates[one], ownLoad) ? candidates[other] : candidates[one];
    }

    private static int Room(NodeRow node, (NodeId Node, int Load)? own) =>
        node.Profile.Capacity - (own is { } known && known.Node == node.Profile.Name ? known.Load : node.Load);
}
