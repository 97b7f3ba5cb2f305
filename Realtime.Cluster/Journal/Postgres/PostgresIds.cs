using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>Session ids as uuids, which PostgreSQL orders as unsigned numbers too.</summary>
internal static class PostgresIds
{
    public static Guid ToGuid(SessionId session)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        session.Write(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    public static SessionId ToSession(Guid id)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return SessionId.Read(bytes);
    }
}
