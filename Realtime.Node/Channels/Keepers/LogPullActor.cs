using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Cluster;

namespace Realtime.Node.Channels.Keepers;

/// <summary>
/// Child of a memory channel that has just started: gets the log of its predecessor from the keeper that has it, or finds out that there is none,
/// and stops with that.
/// </summary>
internal sealed class LogPullActor : UntypedActor
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ChannelKeepers _keepers;
    private readonly List<Address> _asked;
    private readonly LogPull<Address> _pull;
    private TimeSpan _pause = FirstPause;
    private ICancelable? _timer;

    public LogPullActor(ChannelName channel, ChannelKeepers keepers)
    {
        _keepers = keepers;
        _asked = [.. keepers.Sources];
        _pull = new LogPull<Address>(channel, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))), _asked);
    }

    public static Props PropsOf(ChannelName channel, ChannelKeepers keepers) => Props.Create<LogPullActor>(channel, keepers);

    protected override void PreStart() => Ask();

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case KeeperMessage answer:
                Send(_pull.Receive(Sender.Path.Address, answer));
                EndIfOver();
                break;
            case Again:
                Ask();
                break;
            case Stop when !_pull.IsTaking:
                End(new Over(null, WasStopped: true));
                break;
            case Stop:
                break; // Whose the log is will be known at once, and a log that was taken is left here again.
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Asks, or asks again. A node that is gone is not waited for; one that cannot be reached is, until it is gone.</summary>
    private void Ask()
    {
        var there = _keepers.Sources;
        foreach (var gone in _asked.Where(keeper => !there.Contains(keeper)).ToList())
        {
            _asked.Remove(gone);
            _pull.Removed(gone);
        }

        Send(_pull.Ask());
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(_pause, Self, new Again(), Self);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        EndIfOver();
    }

    private void Send(IEnumerable<(Address To, KeeperMessage Message)> messages)
    {
        foreach (var (to, message) in messages)
        {
            NodePlaces.On(Context, to, NodePlaces.ChannelKeeper).Tell(message, Self);
        }
    }

    private void EndIfOver()
    {
        if (_pull.IsOver)
        {
            if (_pull is { Log: null, LostWith: { } node })
            {
                _keepers.Lost(node);
            }

            End(new Over(_pull.Log, WasStopped: false));
        }
    }

    private void End(Over over)
    {
        Context.Parent.Tell(over, Self);
        Context.Stop(Self);
    }

    /// <summary>To the parent: the log; null: there is none.</summary>
    /// <param name="WasStopped">It was not taken: it is still where it was.</param>
    public sealed record Over(MemoryLog? Log, bool WasStopped) : INoSerializationVerificationNeeded;

    /// <summary>From the parent, which stops: nothing is taken that has not been.</summary>
    public sealed record Stop : INoSerializationVerificationNeeded;

    private sealed record Again : INoSerializationVerificationNeeded;
}
