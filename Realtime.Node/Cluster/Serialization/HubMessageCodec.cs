using Realtime.Messages.Channels;
using Realtime.Messages.Wire.Hubs;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="HubMessage"/> ↔ protobuf.</summary>
internal static class HubMessageCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(HubMessage))
        .With<HubMessage.Renew, RenewPageBody>("hr", RenewPageBody.Parser, ToBody, FromBody)
        .With<HubMessage.Renewed, RenewedPageBody>("ha", RenewedPageBody.Parser, ToBody, FromBody)
        .With<HubMessage.Probe, ProbeBody>("hp", ProbeBody.Parser, probe => new() { Sent = probe.Sent }, body => new(body.Sent))
        .With<HubMessage.Probed, ProbedBody>("hd", ProbedBody.Parser, probed => new() { Sent = probed.Sent }, body => new(body.Sent));

    private static RenewPageBody ToBody(HubMessage.Renew renew)
    {
        var body = new RenewPageBody { Page = renew.Page, Feed = WireValues.ToValue(renew.Feed) };
        foreach (var (channel, attempt, progress) in renew.Channels)
        {
            body.Channels.Add(new FollowedValue { Channel = channel.Value, Attempt = attempt, Progress = WireValues.ToValue(progress) });
        }

        return body;
    }

    private static HubMessage.Renew FromBody(RenewPageBody body) =>
        new(body.Page, WireValues.ToFeed(body.Feed), [.. body.Channels.Select(ToFollowed)]);

    private static FollowedChannel ToFollowed(FollowedValue value) => new(
        WireValues.ToChannel(value.Channel), value.Attempt,
        WireValues.ToProgress(value.Progress) ?? throw new InvalidDataException("the progress is missing"));

    private static RenewedPageBody ToBody(HubMessage.Renewed renewed)
    {
        var body = new RenewedPageBody { Page = renewed.Page };
        body.Unknown.AddRange(renewed.Unknown);
        return body;
    }

    private static HubMessage.Renewed FromBody(RenewedPageBody body) => new(body.Page, [.. body.Unknown]);
}
