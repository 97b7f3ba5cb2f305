namespace Realtime.Node.Cluster.Serialization;

/// <summary>All messages that travel between nodes. A new family is one line here.</summary>
internal static class WireFamilies
{
    public static IReadOnlyList<WireFamily> All { get; } =
    [
        ChannelRequestCodec.Family,
        ChannelReplyCodec.Family,
        ChannelNewsCodec.Family,
        HubMessageCodec.Family,
        SessionRequestCodec.Family,
        SessionReplyCodec.Family,
        SessionNewsCodec.Family,
        ClusterNewsCodec.Family,
        PlanCodec.Requests,
        PlanCodec.Replies,
        HolderMessageCodec.Family,
        KeeperMessageCodec.Family,
        InquiryCodec.Family,
    ];
}
