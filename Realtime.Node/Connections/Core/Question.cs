using Realtime.Messages.Ids;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What the application is asked about one connection. The rules of namespaces and tokens have been looked at before, and allowed it.</summary>
/// <param name="Session">None before the session is attached.</param>
/// <param name="Identity">Null: nobody has said who it is.</param>
internal abstract record Question(SessionId Session, SessionIdentity? Identity)
{
    /// <summary>May it come in, and as whom?</summary>
    /// <param name="Data">What the client's hello says for the application.</param>
    public sealed record Connect(SessionIdentity? Identity, Payload? Data, string? ClientName, string? ClientVersion, ClientAddress Address)
        : Question(default, Identity);

    public sealed record Subscribe(SessionId Session, SessionIdentity? Identity, ChannelName Channel, Payload? Presence) : Question(Session, Identity);

    public sealed record Publish(
        SessionId Session, SessionIdentity? Identity, ChannelName Channel, Payload Payload, IReadOnlyList<KeyValuePair<string, string>> Tags)
        : Question(Session, Identity);

    /// <param name="Producer">With <paramref name="Sequence"/>: the same call again gets the same reply. Null: it is not stored.</param>
    public sealed record Call(SessionId Session, SessionIdentity? Identity, string Method, Payload? Data, ProducerId? Producer, long? Sequence)
        : Question(Session, Identity);
}
