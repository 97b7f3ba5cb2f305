using Realtime.Cluster.Links;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

/// <summary>A receiver that writes down what it is told, and notices when two calls for one peer overlap or come in an impossible order.</summary>
internal sealed class Calls : ILinkReceiver
{
    public const string Up = "up";
    public const string Reset = "reset";
    public const string Frame = "frame";
    private readonly Lock _lock = new();
    private readonly List<(Incarnation Peer, object What)> _all = [];
    private readonly List<string> _faults = [];
    private readonly HashSet<Incarnation> _up = [];
    private readonly HashSet<Incarnation> _inside = [];
    private readonly Dictionary<(Incarnation Peer, string What), int> _counts = [];
    private readonly List<(Func<bool> Met, TaskCompletionSource Done)> _waits = [];

    /// <summary>Runs inside the call for a frame, as a receiver that is slow would.</summary>
    public Action<LinkFrame> Handling { get; set; } = _ => { };

    public List<Incarnation> Strangers { get; } = [];

    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_lock)
            {
                return [.. _faults];
            }
        }
    }

    public void OnFrame(Incarnation from, LinkFrame frame)
    {
        lock (_lock)
        {
            Check(_inside.Add(from), "two calls at once");
            Check(_up.Contains(from), "a frame while the link is down");
        }

        Handling(frame);
        lock (_lock)
        {
            _inside.Remove(from);
            Note(from, frame);
        }
    }

    public void OnUp(Incarnation peer)
    {
        lock (_lock)
        {
            Check(!_inside.Contains(peer), "two calls at once");
            Check(_up.Add(peer), "up twice");
            Note(peer, Up);
        }
    }

    public void OnReset(Incarnation peer)
    {
        lock (_lock)
        {
            Check(!_inside.Contains(peer), "two calls at once");
            Check(_up.Remove(peer), "a reset while the link is down");
            Note(peer, Reset);
        }
    }

    public void OnStranger(Incarnation peer)
    {
        lock (_lock)
        {
            Strangers.Add(peer);
            Note(peer, "stranger");
        }
    }

    public int Count(Incarnation peer, string what)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault((peer, what));
        }
    }

    public List<LinkFrame> Frames(Incarnation peer)
    {
        lock (_lock)
        {
            return [.. _all.Where(call => call.Peer == peer).Select(call => call.What).OfType<LinkFrame>()];
        }
    }

    /// <summary>The numbers of the bulky frames.</summary>
    public List<long> Numbers(Incarnation peer) => [.. Frames(peer).OfType<LinkFrame.Moved>().Select(frame => frame.Tag)];

    public Task Times(Incarnation peer, string what, int times) => Until(() => Count(peer, what) >= times, $"{what} number {times} of {peer}");

    public Task FramesFrom(Incarnation peer, int count) => Times(peer, Frame, count);

    private Task Until(Func<bool> met, string what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Add((met, done));
            Look();
        }

        return done.Task.Within(what);
    }

    private void Note(Incarnation peer, object what)
    {
        _all.Add((peer, what));
        var counted = (peer, what as string ?? Frame);
        _counts[counted] = _counts.GetValueOrDefault(counted) + 1;
        Look();
    }

    private void Look()
    {
        foreach (var wait in _waits.Where(wait => wait.Met()).ToList())
        {
            wait.Done.SetResult();
            _waits.Remove(wait);
        }
    }

    private void Check(bool sound, string fault)
    {
        if (!sound)
        {
            _faults.Add(fault);
        }
    }
}
