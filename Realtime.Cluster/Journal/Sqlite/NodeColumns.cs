using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>A node as a row of its table.</summary>
internal static class NodeColumns
{
    /// <summary>A condition follows.</summary>
    public const string Select = "SELECT inc, name, boot, peer, url, zone, capacity, proto, status, heartbeat, load FROM node WHERE ";

    public const string Insert =
        "INSERT INTO node (name, boot, peer, url, zone, capacity, proto, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 2) RETURNING inc";

    public static Incarnation Add(SqliteStatement insert, NodeProfile profile)
    {
        insert.Bind(1, profile.Name.Name);
        insert.Bind(2, profile.Boot.ToByteArray(bigEndian: true));
        insert.Bind(3, profile.PeerAddress);
        insert.Bind(4, profile.ClientUrl);
        insert.Bind(5, profile.Zone);
        insert.Bind(6, profile.Capacity);
        insert.Bind(7, profile.Protocol);
        insert.Step();
        var incarnation = new Incarnation(insert.Int64(0));
        insert.Reset();
        return incarnation;
    }

    /// <summary>The only row, or null.</summary>
    public static NodeRow? One(SqliteStatement select)
    {
        if (!select.Step())
        {
            return null;
        }

        var row = Read(select);
        select.Reset();
        return row;
    }

    public static NodeRow Read(SqliteStatement row) => new(
        new Incarnation(row.Int64(0)),
        new NodeProfile(
            new NodeId(row.Text(1)),
            new Guid(row.Blob(2), bigEndian: true),
            row.Text(3),
            row.IsNull(4) ? null : row.Text(4),
            row.IsNull(5) ? null : row.Text(5),
            (int)row.Int64(6),
            (int)row.Int64(7)),
        (NodeStatus)row.Int64(8),
        row.Int64(9),
        (int)row.Int64(10));
}
