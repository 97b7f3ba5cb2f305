using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Node.Cluster;

namespace Realtime.Node.Channels;

/// <summary>
/// Finds out how much of what this node's channels have sent to other nodes has arrived: a probe goes behind it on the same association, and
/// its answer says that all before it is through. A probe or an answer that is lost is made up for by the next one.
/// </summary>
internal sealed class TrafficActor : UntypedActor
{
    /// <summary>With the window, the most that channels can send to one node: about 300 MB a second.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private readonly PeerWindows _windows;
    private readonly ICancelable _tick;

    public TrafficActor(PeerWindows windows)
    {
        _windows = windows;
        _tick = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(Every, Every, Self, Tick.Instance, Self);
    }

    /// <summary>Started as <see cref="HubMessage.Traffic"/>.</summary>
    public static Props PropsOf(PeerWindows windows) => Props.Create(() => new TrafficActor(windows));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _tick.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                foreach (var (node, window) in _windows.All)
                {
                    if (!window.HasArrived)
                    {
                        Of(node).Tell(new HubMessage.Probe(window.Sent));
                    }
                }

                break;
            case HubMessage.Probe probe:
                Sender.Tell(new HubMessage.Probed(probe.Sent));
                break;
            case HubMessage.Probed probed when _windows.TryFind(Sender.Path.Address, out var window):
                window!.Arrive(probed.Sent);
                break;
            case HubMessage.Probed:
                break;
            case NodeRemoved removed:
                _windows.Remove(removed.Node);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static ActorSelection Of(Address node) => Context.ActorSelection(new RootActorPath(node) / "user" / HubMessage.Traffic);

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
