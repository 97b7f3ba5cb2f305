namespace Realtime.Tests.Cluster.Checking;

/// <summary>A time without a connection for a session that others see in the room, as its client knows it: never shorter than the server's own.</summary>
/// <param name="From">When the last word was heard over the old connection, or the session was ended.</param>
/// <param name="To">When the new connection was welcomed; null: it never was.</param>
/// <param name="Excused">It may be taken for gone at once: the session was ended or lost, or the client's knowledge is not to be relied on.</param>
/// <param name="LetGo">When its client gave up, which no server can know earlier; null: when it was heard last.</param>
internal sealed record Absence(string Name, long From, long? To, bool Excused, long? LetGo = null);
