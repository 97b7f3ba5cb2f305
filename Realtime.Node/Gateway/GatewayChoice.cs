using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway;

/// <summary>Where a client is sent.</summary>
public abstract record GatewayChoice
{
    private GatewayChoice()
    {
    }

    /// <summary>To this very node, which has an address for clients.</summary>
    public sealed record Named(NodeId Node, string ClientUrl) : GatewayChoice;

    /// <summary>To the address the request itself came to, and to whichever node that leads to.</summary>
    public sealed record Anywhere : GatewayChoice;

    /// <summary>Nowhere for now: it shall ask again.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record Nowhere(string Reason) : GatewayChoice;
}
