using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Gateway;

/// <summary>Where a client is sent.</summary>
public abstract record GatewayChoice
{
    private GatewayChoice()
    {
    }

    /// <summary>To this very node, which has an address for clients.</summary>
    public sealed record Named(NodeRow Node) : GatewayChoice;

    /// <summary>To whichever node this address leads to.</summary>
    /// <param name="ClientUrl">Null: the address the request itself came to.</param>
    public sealed record Anywhere(string? ClientUrl) : GatewayChoice;

    /// <summary>Nowhere for now: it shall ask again.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record Nowhere(string Reason) : GatewayChoice;
}
