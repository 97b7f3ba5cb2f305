using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>What a <see cref="ConnectionDriver"/> reports. Called on the load's one thread.</summary>
internal interface IConnectionEvents
{
    /// <summary>Welcomed and subscribed.</summary>
    void Opened(LoadConnection connection, long now);

    /// <summary>The socket is gone; <paramref name="before"/> says how far it had come.</summary>
    void Lost(LoadConnection connection, ConnectionPhase before, string fault);

    void Messages(LoadConnection connection, ReadOnlySpan<byte> text, int count, long now);

    /// <summary>A reply to or an error about a request that the publishing side made.</summary>
    void Answered(LoadConnection connection, ServerFrame frame, long now);

    /// <summary>One message of a followed session that came in one transport message with other frames.</summary>
    void Message(LoadConnection connection, ServerFrame frame, long now);

    void Gap(LoadConnection connection, ServerFrame frame);

    /// <summary>The server asks the session to go to another node.</summary>
    void Asked(LoadConnection connection, ServerFrame frame, long now);

    void Violation(LoadConnection connection, string detail);
}
