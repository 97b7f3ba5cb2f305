using Realtime.Cluster.Sharding;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Sharding;

/// <summary>
/// One sender, one entity, and nodes that own its shard by turns, with streams that deliver in order until they are lost. Every choice comes from the seed.
/// </summary>
internal sealed class RouteModel
{
    private const int Nodes = 3;

    private readonly Random _random;
    private readonly bool _losesLinks;
    private readonly ShardRoute _route;
    private readonly List<RouteEffect> _effects = [];

    /// <summary>Per node: what is on its way to it, what it has taken and not begun, what is on its way back.</summary>
    private readonly Queue<(long Tag, long Epoch)>[] _to = [.. Enumerable.Range(0, Nodes).Select(_ => new Queue<(long, long)>())];
    private readonly List<(long Tag, long Epoch)>[] _mailbox = [.. Enumerable.Range(0, Nodes).Select(_ => new List<(long, long)>())];
    private readonly Queue<(long Tag, long? MovedEpoch)>[] _back = [.. Enumerable.Range(0, Nodes).Select(_ => new Queue<(long, long?)>())];
    private long _epoch = 1;
    private int _owner = 1;
    private (int Owner, long Epoch) _known = (1, 1);
    private long _now;
    private long _lastTag;

    public RouteModel(int seed, bool losesLinks)
    {
        _random = new Random(seed);
        _losesLinks = losesLinks;
        _route = new ShardRoute(new RouteLimits(
            Messages: 50, WaitAtMost: losesLinks ? 2000 : 1_000_000, AnswerWithin: 2_000_000, Patience: losesLinks ? 1000 : 1_000_000));
        Follow();
    }

    /// <summary>Tags in the order in which entities handled them.</summary>
    public List<long> Handled { get; } = [];

    public List<long> Answered { get; } = [];

    public List<long> Refused { get; } = [];

    public long Sent => _lastTag;

    public bool IsIdle => _route.IsIdle;

    public void Step()
    {
        _now += _random.Next(20);
        switch (_random.Next(_losesLinks ? 9 : 8))
        {
            case 0 or 1:
                Add();
                break;
            case 2 or 3:
                Arrive(_random.Next(1, Nodes));
                break;
            case 4:
                Handle(_random.Next(1, Nodes));
                break;
            case 5:
                Return(_random.Next(1, Nodes));
                break;
            case 6:
                if (_random.Next(4) == 0)
                {
                    Move();
                }

                break;
            case 7:
                Look();
                break;
            default:
                if (_random.Next(10) == 0)
                {
                    Lose(_random.Next(1, Nodes));
                }

                break;
        }
    }

    /// <summary>Lets everything come to its end.</summary>
    public void Finish()
    {
        for (var i = 0; i < 10_000 && !IsIdle; i++)
        {
            Look();
            for (var node = 1; node < Nodes; node++)
            {
                Arrive(node);
                Handle(node);
                Return(node);
            }
        }
    }

    private void Add()
    {
        var message = new ChannelRequest.Publish(new Payload("1"u8.ToArray()), default, null) { Producer = Known, Sequence = _lastTag + 1 };
        _route.Add(new Routed(++_lastTag, new EntityAddress(EntityKind.Channel, "c"), message, default, _now), _effects);
        Perform();
    }

    private void Arrive(int node)
    {
        if (_to[node].TryDequeue(out var request))
        {
            if (node == _owner && request.Epoch == _epoch)
            {
                _mailbox[node].Add(request);
            }
            else
            {
                _back[node].Enqueue((request.Tag, _epoch));
            }
        }
    }

    private void Handle(int node)
    {
        if (_mailbox[node].Count > 0)
        {
            var (tag, _) = _mailbox[node][0];
            _mailbox[node].RemoveAt(0);
            Handled.Add(tag);
            _back[node].Enqueue((tag, null));
        }
    }

    private void Return(int node)
    {
        if (!_back[node].TryDequeue(out var answer))
        {
            return;
        }

        if (answer.MovedEpoch is { } epoch)
        {
            _route.Returned(answer.Tag, epoch, _effects);
        }
        else if (_route.Answered(answer.Tag, _effects) is { } message)
        {
            Answered.Add(message.Tag);
        }

        Perform();
    }

    /// <summary>A hand-off: what the old owner has not begun goes back, in order.</summary>
    private void Move()
    {
        var old = _owner;
        _owner = _random.Next(1, Nodes);
        _epoch++;
        foreach (var (tag, _) in _mailbox[old])
        {
            _back[old].Enqueue((tag, _epoch));
        }

        _mailbox[old].Clear();
    }

    private void Look()
    {
        _known = (_owner, _epoch);
        Follow();
        _route.Tick(_now, _effects);
        Perform();
    }

    private void Lose(int node)
    {
        _to[node].Clear();
        _back[node].Clear();
        _route.Reset(new Incarnation(node), _effects);
        Follow();
    }

    private void Follow()
    {
        _route.Follow(new Incarnation(_known.Owner), _known.Epoch, here: false, open: true, lost: false, _now, _effects);
        Perform();
    }

    private void Perform()
    {
        for (var i = 0; i < _effects.Count; i++)
        {
            switch (_effects[i])
            {
                case RouteEffect.Send send:
                    _to[_known.Owner].Enqueue((send.Message.Tag, _known.Epoch));
                    break;
                case RouteEffect.Refuse refuse:
                    Refused.Add(refuse.Message.Tag);
                    break;
            }
        }

        _effects.Clear();
    }

    private static ProducerId Known { get; } = ProducerId.FromStore("p");
}
