using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>What is sent to each part of the connections.</summary>
internal abstract record ConnectionQuery : INoSerializationVerificationNeeded
{
    private ConnectionQuery()
    {
    }

    /// <summary>Answered with <see cref="Listed"/>: the connections that are welcomed and open, and how many are open only.</summary>
    public sealed record List : ConnectionQuery;

    public sealed record Listed(IReadOnlyList<(ConnectionId Connection, SessionId Session)> Connections, int NotWelcomed) : ConnectionQuery;

    /// <summary>Says goodbye to all, also to those that come later. Answered with <see cref="AllClosed"/> once there is none.</summary>
    public sealed record CloseAll(CloseCode Code) : ConnectionQuery;

    public sealed record AllClosed : ConnectionQuery;
}
