using Realtime.Bench.Load;
using Realtime.Bench.Native;

namespace Realtime.Bench.Churn;

/// <summary>
/// A load process whose sessions move between nodes. One for the whole load, because what publishers were told and what subscribers got is compared
/// in it: about 9,000 sessions are what its descriptors allow when each may have two connections.
/// </summary>
internal sealed class ChurnProcess
{
    /// <summary>Makes the program a load process of this kind.</summary>
    public const string Argument = "churn-process";

    private const int LongestWait = 50;

    private readonly Poller _poller = new();
    private readonly List<ChannelLedger> _channels = [];
    private readonly Tally _tally = new();
    private readonly LoadSettings _settings;
    private readonly Followers _followers;
    private SteadyPublishing? _publishing;
    private long _began;
    private long _openBy;
    private long _settleBy;
    private long _nextLook;

    public ChurnProcess(LoadSettings settings)
    {
        _settings = settings;
        _followers = new Followers(_poller, settings, _tally);
    }

    public void Run() => CoordinatedLoop.Run(_poller, _followers.Driver, WaitFor, Obey, Advance);

    private int WaitFor(long now)
    {
        var wake = Math.Min(_followers.NextWake, _publishing?.NextWake ?? long.MaxValue);
        return wake == long.MaxValue ? LongestWait
            : (int)Math.Clamp((wake - now + LoadClock.Millisecond - 1) / LoadClock.Millisecond, 0, LongestWait);
    }

    private void Advance(long now)
    {
        _followers.Advance(now);
        _publishing?.Advance(now);
        if (now < _nextLook)
            return;
        _nextLook = now + LongestWait * LoadClock.Millisecond;
        if (_openBy != 0 && (_followers.Open == _followers.All.Count || now >= _openBy))
        {
            _openBy = 0;
            CoordinatedLoop.Emit(new LoadEvent.Connected(
                _followers.Open, _followers.All.Count - _followers.Open, _followers.Retries, 0, 0, _began, _followers.LastOpened, _tally.Fault));
        }

        if (_settleBy != 0 && Unsettled() is var unsettled && (unsettled is null || now >= _settleBy))
        {
            _settleBy = 0;
            CoordinatedLoop.Emit(_tally.Report(_followers.All, _publishing, _channels, unsettled is null, unsettled));
        }
    }

    /// <summary>What is missing until everybody has everything; null when nothing is.</summary>
    private string? Unsettled()
    {
        var away = _followers.All.Count(session => session.Current is null);
        var behind = _followers.All.Count(session => session.Role == Role.Subscriber && session.Offset < session.Channel.AcknowledgedHead);
        return away == 0 && behind == 0 && _publishing is null or { IsEmpty: true }
            ? null
            : $"{away} sessions without a connection, {behind} behind what was acknowledged, "
                + $"publishes {(_publishing is null or { IsEmpty: true } ? "all" : "not all")} answered";
    }

    private void Obey(LoadCommand command)
    {
        switch (command)
        {
            case LoadCommand.Follow follow:
                Follow(follow);
                break;
            case LoadCommand.PublishSteadily plan:
                var publishers = _followers.All.Where(session => session.Role == Role.Publisher);
                _publishing = _followers.Publishing = new SteadyPublishing(_followers.Driver, publishers, plan.PerSecond, plan.Bytes);
                CoordinatedLoop.Emit(new LoadEvent.Obeyed());
                break;
            case LoadCommand.Nodes nodes:
                _followers.Nodes(nodes.Ports);
                CoordinatedLoop.Emit(new LoadEvent.Obeyed());
                break;
            case LoadCommand.Mark:
                _tally.Mark(_followers.All);
                _publishing?.Mark();
                CoordinatedLoop.Emit(new LoadEvent.Obeyed());
                break;
            case LoadCommand.Look:
                CoordinatedLoop.Emit(_tally.Report(_followers.All, _publishing, _channels, settled: false, fault: null));
                break;
            case LoadCommand.Settle settle:
                _publishing?.End();
                _settleBy = LoadClock.Now + settle.Seconds * LoadClock.Second;
                break;
            default:
                throw new InvalidOperationException($"Followed sessions do not obey {command.GetType().Name}.");
        }
    }

    private void Follow(LoadCommand.Follow follow)
    {
        _began = LoadClock.Now;
        _openBy = _began + follow.Seconds * LoadClock.Second;
        _followers.Nodes(follow.Ports);
        _channels.AddRange(follow.Channels.Select(name => new ChannelLedger(name)));
        var sessions = new List<FollowedSession>();
        for (var index = 0; index < follow.Sessions; index++)
        {
            // In turn: neighbours, and the sessions of one channel, are spread over all nodes.
            var home = follow.Ports[(index / _channels.Count + index % _channels.Count) % follow.Ports.Length];
            sessions.Add(new FollowedSession(home, Role.Subscriber, _channels[index % _channels.Count], Source(index), null));
        }

        for (var index = 0; index < _channels.Count; index++)
        {
            var home = follow.PublisherPorts[index % follow.PublisherPorts.Length];
            sessions.Add(new FollowedSession(home, Role.Publisher, _channels[index], Source(index), $"bench-{Environment.ProcessId}-{index}"));
        }

        _followers.Begin(sessions, follow);
    }

    private byte Source(int index) => (byte)(_settings.FirstSource + index % 2);
}
