using System.Collections.Concurrent;
using System.Net;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>
/// The ways between the nodes of a stage. Each node listens on one address of the loopback and says that it is reached on another, where a proxy listens on the same
/// port; who dials there is told by the process that has the other end. Two nodes share one connection or two, dialled by either: a way covers both.
/// </summary>
internal sealed class StageNetwork : IAsyncDisposable
{
    /// <summary>Where nodes listen.</summary>
    public static readonly IPAddress Inside = IPAddress.Parse("127.0.0.2");

    /// <summary>Where they say that they listen.</summary>
    public static readonly IPAddress Outside = IPAddress.Loopback;

    private readonly ConcurrentDictionary<int, string> _processes = [];
    private readonly ConcurrentDictionary<string, PeerProxy> _doors = [];

    /// <summary>Makes a way to a node.</summary>
    /// <returns>The port that it has to listen on.</returns>
    public int Open(string node)
    {
        var port = FreePort.Take();
        var outside = new IPEndPoint(Outside, port);
        _doors[node] = new PeerProxy(outside, new IPEndPoint(Inside, port), address =>
            SocketOwner.Of(address, outside, [.. _processes.Keys]) is { } process ? _processes.GetValueOrDefault(process) : null);
        return port;
    }

    /// <summary>A process is that node from now on.</summary>
    public void Runs(string node, int process) => _processes[process] = node;

    public void Ended(int process) => _processes.TryRemove(process, out _);

    /// <summary>Connections between two nodes that are open now.</summary>
    public int Links(string one, string other) => Lanes(one, other).Sum(lane => lane.Open);

    /// <summary>Connections between two nodes that were reset, refused ones included.</summary>
    public long Resets(string one, string other) => Lanes(one, other).Sum(lane => lane.Resets);

    /// <summary>Pieces of what one node says to another that were held or late.</summary>
    public long Touched(string from, string to) => Ways(from, to).Sum(way => way.Touched);

    /// <summary>Breaks every connection between two nodes and every new one.</summary>
    public void Cut(string one, string other)
    {
        foreach (var lane in Lanes(one, other))
        {
            lane.Cut();
        }
    }

    /// <summary>Breaks every connection between two nodes once.</summary>
    public void Reset(string one, string other)
    {
        foreach (var lane in Lanes(one, other))
        {
            lane.ResetAll();
        }
    }

    /// <summary>Nothing that one node says comes to the other, and no connection breaks.</summary>
    public void Silence(string from, string to)
    {
        foreach (var way in Ways(from, to))
        {
            way.Hold();
        }
    }

    /// <summary>Everything that one node says to the other is late.</summary>
    public void Delay(string from, string to, TimeSpan time)
    {
        foreach (var way in Ways(from, to))
        {
            way.Delay(time);
        }
    }

    public void Heal(string one, string other)
    {
        foreach (var lane in Lanes(one, other))
        {
            lane.Heal();
        }
    }

    public void Heal()
    {
        foreach (var door in _doors.Values)
        {
            foreach (var other in _doors.Keys)
            {
                door.From(other).Heal();
            }
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_doors.Values.Select(door => door.DisposeAsync().AsTask()));

    private ProxyLane[] Lanes(string one, string other) => [_doors[one].From(other), _doors[other].From(one)];

    /// <summary>What a node says over the connections it dialled, and over those the other one did.</summary>
    private ProxyDirection[] Ways(string from, string to) => [_doors[to].From(from).ToTarget, _doors[from].From(to).FromTarget];
}
