using Google.Protobuf;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Wire.Cluster;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="ClusterNews"/> ↔ protobuf.</summary>
internal static class ClusterNewsCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(ClusterNews))
        .With<ClusterNews.NodeRow, NodeRowBody>("mr", NodeRowBody.Parser, ToBody, FromBody);

    private static NodeRowBody ToBody(ClusterNews.NodeRow row)
    {
        var body = new NodeRowBody
        {
            Node = row.Node.Name,
            Incarnation = row.Incarnation.Value,
            Address = row.Member.Address,
            Uid = row.Member.Uid,
            Number = row.Number,
            Version = row.Version,
            Capacity = row.Capacity,
            Connections = row.Connections,
            Sessions = row.Sessions,
            Channels = row.Channels,
            IsDraining = row.IsDraining,
            SessionShards = ToBytes(row.SessionShards),
            ChannelShards = ToBytes(row.ChannelShards),
        };
        if (row.ClientUrl is { } clientUrl)
        {
            body.ClientUrl = clientUrl;
        }

        if (row.OperatorUrl is { } operatorUrl)
        {
            body.OperatorUrl = operatorUrl;
        }

        return body;
    }

    private static ClusterNews.NodeRow FromBody(NodeRowBody body) => new(
        new NodeId(body.Node),
        new Incarnation(body.Incarnation),
        new MemberKey(body.Address, body.Uid),
        body.Number,
        body.Version,
        body.HasClientUrl ? body.ClientUrl : null,
        body.HasOperatorUrl ? body.OperatorUrl : null,
        body.Capacity,
        body.Connections,
        body.Sessions,
        body.Channels,
        body.IsDraining,
        ToSet(body.SessionShards),
        ToSet(body.ChannelShards));

    /// <summary>Nothing for the empty set, which lighthouses send.</summary>
    private static ByteString ToBytes(ShardSet shards) => shards.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(shards.ToBytes());

    private static ShardSet ToSet(ByteString bytes) => bytes.Length switch
    {
        0 => default,
        ShardSet.Size => ShardSet.Of(bytes.Span),
        _ => throw new InvalidDataException($"a set of shards has {ShardSet.Size} bytes, not {bytes.Length}"),
    };
}
