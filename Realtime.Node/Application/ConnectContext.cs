using System.Text.Json;
using Realtime.Messages.Entities;

namespace Realtime.Node.Application;

/// <summary>A client that wants to come in. Its token, if it brought one, has been checked.</summary>
public sealed class ConnectContext
{
    internal ConnectContext(SessionIdentity? identity, JsonElement? data, string? clientName, string? clientVersion, string address)
    {
        (User, Data, ClientName, ClientVersion, Address) = (identity?.User.Value, data, clientName, clientVersion, address);
        Info = identity?.Info is { } info ? JsonElement.Parse(info.Bytes.Span) : null;
    }

    /// <summary>Who the token says it is; null: nobody.</summary>
    public string? User { get; }

    /// <summary>What the token says of the user beside the name.</summary>
    public JsonElement? Info { get; }

    /// <summary>What the client's hello says for the application (<c>data</c>).</summary>
    public JsonElement? Data { get; }

    public string? ClientName { get; }

    public string? ClientVersion { get; }

    /// <summary>Of the client, or of the proxy that the node trusts no more than that.</summary>
    public string Address { get; }
}
