using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Tests.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds.Several;

/// <summary>
/// A connection's machine that publishes numbers on one channel, several under way at a time, through its node's region, until it is to stop.
/// </summary>
internal sealed class NumberedPublisher : UntypedActor, IWithTimers
{
    private const int UnderWay = 20;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private readonly ConnectionRig _rig = new(new ConnectionPolicy { RequestBurst = 1_000_000, RequestRate = 1_000_000 });
    private readonly IActorRef _region;
    private readonly ChannelName _channel;
    private readonly string _name;
    private readonly List<ServerFrame> _answers = [];
    private int _published;
    private IActorRef? _asker;

    public NumberedPublisher(IActorRef region, ChannelName channel, string name)
    {
        (_region, _channel, _name) = (region, channel, name);
        _rig.Welcome(new ClientFrame.Hello(1) { Producer = ProducerId.FromStore(name) });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static IActorRef Start(FeedNode node, ChannelName channel, string name) =>
        node.System.ActorOf(Props.Create(() => new NumberedPublisher(node.Region, channel, name)));

    /// <returns>What the client was answered, one answer for each number.</returns>
    public static Task<IReadOnlyList<ServerFrame>> StopAsync(IActorRef publisher) =>
        publisher.Ask<IReadOnlyList<ServerFrame>>("stop").Within("all numbers to be answered");

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("step", "step", Step);
        Publish();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChannelReply reply:
                _rig.Step(new ConnectionInput.ChannelReplied(reply));
                break;
            case "step":
                _rig.Come(new ClientFrame.Pong([]));
                _rig.Pass(Step);
                break;
            case "stop":
                _asker = Sender;
                break;
            default:
                Unhandled(message);
                break;
        }

        Publish();
    }

    private void Publish()
    {
        _answers.AddRange(_rig.Sent.Where(frame => frame is ServerFrame.PublishReply or ServerFrame.Error));
        _rig.Sent.Clear();
        while (_asker is null && _published - _answers.Count < UnderWay)
        {
            var number = ++_published;
            _rig.Come(new ClientFrame.Publish(number + 100, _channel, ConnectionRig.Text($"{_name}{number}")) { Sequence = number });
        }

        _rig.ChannelQuestions.ForEach(question => _region.Tell(question));
        _rig.ChannelQuestions.Clear();
        if (_answers.Count == _published)
        {
            _asker?.Tell(_answers);
        }
    }
}
