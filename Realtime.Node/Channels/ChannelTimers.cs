using Realtime.Cluster.Kernel;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels;

/// <summary>When a channel looks at the clock. Beyond two slow looks only while something is due: a quiet channel costs nothing.</summary>
internal sealed class ChannelTimers(ChannelServices services, ChannelMachine machine, ITimerTarget channel)
{
    public const int IdleTag = 1;
    public const int ResolveTag = 2;

    private const int AgeTag = 3;
    private const int HeadTag = 4;
    private const int ClaimTag = 5;

    private static readonly TimeSpan AgeEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HeadAfter = TimeSpan.FromSeconds(1);

    private bool _awaitsHead;
    private long? _awaitsClaims;

    public void Start()
    {
        AwaitIdleness();
        services.Timers.Schedule(AgeEvery, channel, AgeTag);
    }

    public void AwaitIdleness() => services.Timers.Schedule(services.Policy.PassivateAfter, channel, IdleTag);

    /// <param name="now">Milliseconds since 1970.</param>
    public void AwaitWhatIsDue(long now)
    {
        if (!_awaitsHead && machine.HasHeadToTell)
        {
            _awaitsHead = true;
            services.Timers.Schedule(HeadAfter, channel, HeadTag);
        }

        if (machine.ClaimsDue is { } due && (_awaitsClaims is not { } awaited || due < awaited))
        {
            _awaitsClaims = due;
            services.Timers.Schedule(TimeSpan.FromMilliseconds(Math.Max(1, due - now)), channel, ClaimTag);
        }
    }

    /// <summary>What a timer of the machine's own means to it.</summary>
    public ChannelInput Fired(int tag)
    {
        switch (tag)
        {
            case AgeTag:
                services.Timers.Schedule(AgeEvery, channel, AgeTag);
                return new ChannelInput.AgeTick();
            case HeadTag:
                _awaitsHead = false;
                return ChannelInput.HeadTick.Instance;
            case ClaimTag:
                _awaitsClaims = null;
                return ChannelInput.ClaimTick.Instance;
            default:
                throw new ArgumentOutOfRangeException(nameof(tag), tag, "is no timer of a channel");
        }
    }
}
