using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Node.Cluster;

namespace Realtime.Node.Channels;

/// <summary>
/// Answers the hubs of other nodes for all channels of this one: at once which of them do not run here; those that run answer by themselves,
/// when they have something to say. Also ends the leases of feeds that nobody renews.
/// </summary>
internal sealed class RenewalActor : UntypedActor
{
    private readonly HostedChannels _hosted;
    private readonly ICancelable _sweep;

    public RenewalActor(HostedChannels hosted, TimeSpan sweepEvery)
    {
        _hosted = hosted;
        _sweep = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(sweepEvery, sweepEvery, Self, Sweep.Instance, Self);
    }

    /// <summary>Started as <see cref="HubMessage.Renewals"/>.</summary>
    public static Props PropsOf(HostedChannels hosted, TimeSpan sweepEvery) => Props.Create(() => new RenewalActor(hosted, sweepEvery));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _sweep.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubMessage.Renew renew:
                Renew(renew);
                break;
            case Sweep or NodeRemoved:
                foreach (var (_, channel) in _hosted.All)
                {
                    channel.Tell(message, ActorRefs.NoSender);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Renew(HubMessage.Renew renew)
    {
        List<long> unknown = [];
        foreach (var (channel, attempt, progress) in renew.Channels)
        {
            if (_hosted.TryFind(channel, out var actor))
            {
                actor.Tell(new ChannelRequest.Renew(channel, attempt, renew.Feed, attempt) { Progress = progress }, Sender);
            }
            else
            {
                unknown.Add(attempt);
            }
        }

        Sender.Tell(new HubMessage.Renewed(renew.Page, unknown));
    }

    /// <summary>Also what each channel receives.</summary>
    internal sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static Sweep Instance { get; } = new();
    }
}
