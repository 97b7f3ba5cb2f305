using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>
/// A relay between a channel that runs in the test's thread and readers on fake links. The channel can lose its memory, its log, its
/// answers and its news.
/// </summary>
internal sealed class FeedRig : ICluster, INodeReceiver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ChannelRig _channel;
    private readonly Dictionary<Epoch, ModelLog> _lives = [];
    private readonly TimerQueue _timers;
    private bool _losesNews;
    private int _drops;

    public FeedRig(NamespacePolicy space)
    {
        Space = space;
        _timers = new TimerQueue(Clock);
        _channel = new ChannelRig(space, new ChannelPolicy { RecentMessages = 5 }) { Told = Tell };
        _lives[_channel.Store.Epoch] = _channel.Store;
        Relay = new Relay(
            this, new NamespaceTable([space]), this, _timers, Clock, new ConnectionLogging(NullLogger<ConnectionLogging>.Instance));
    }

    public Standing Standing => Standing.Sure;

    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    public event Action<OwnersChange>? OwnersChanged;

    public NamespacePolicy Space { get; }

    public ManualClock Clock { get; } = new();

    public Relay Relay { get; }

    public NodeId Self => ChannelRig.Node;

    public ClusterView View { get; } = ClusterView.Alone(ChannelRig.Node);

    /// <summary>What the relay has asked, as type names.</summary>
    public List<string> Asked { get; } = [];

    public StreamPosition Head
    {
        get
        {
            lock (_gate)
            {
                return _channel.Machine.Log.HeadPosition;
            }
        }
    }

    public ModelLog LifeOf(Epoch epoch)
    {
        lock (_gate)
        {
            return _lives[epoch];
        }
    }

    public void Publish(string text, SessionId from = default, bool echo = true, string? key = null)
    {
        lock (_gate)
        {
            _channel.Ask(new ChannelRequest.Publish(ChannelRig.Text(text), from, null)
            {
                Echo = echo, Tags = key is null ? [] : [KeyValuePair.Create("key", key)],
            });
            while (_channel.Appends.Count > 0)
            {
                _channel.Write();
            }
        }
    }

    /// <summary>A message whose news never reach the relay.</summary>
    public void PublishUnheard(string text)
    {
        lock (_gate)
        {
            _losesNews = true;
            Publish(text);
            _losesNews = false;
        }
    }

    /// <summary>The channel loses its memory, publishes go on, and only then the relay is told.</summary>
    public void Forget(string? meanwhile = null, bool reborn = false)
    {
        lock (_gate)
        {
            if (reborn)
            {
                _channel.Rebirth();
                _lives[_channel.Store.Epoch] = _channel.Store;
            }
            else
            {
                _channel.Reopen();
            }

            if (meanwhile is not null)
            {
                Publish(meanwhile);
            }

            Relay.OnNews(new ChannelNews.Forgotten(ChannelRig.Name));
        }
    }

    /// <summary>Another node owns the channel from now on.</summary>
    /// <param name="handedOff">With what its owner knew; otherwise that is lost.</param>
    /// <param name="meanwhile">Published before the relay hears of it.</param>
    /// <param name="reborn">The log was in the former owner's memory and is lost with it.</param>
    public void MoveOwner(bool handedOff, string? meanwhile = null, bool reborn = false)
    {
        lock (_gate)
        {
            if (handedOff)
            {
                _channel.HandOff();
            }
            else if (reborn)
            {
                _channel.Rebirth();
                _lives[_channel.Store.Epoch] = _channel.Store;
            }
            else
            {
                _channel.Reopen();
            }

            if (meanwhile is not null)
            {
                Publish(meanwhile);
            }

            OwnersChanged?.Invoke(new OwnersChange(View, new HashSet<ShardId> { new(0) }));
        }
    }

    public void OnNodeMessage(NodeMessage message) => throw new NotSupportedException("nobody else is there to say anything");

    public void Announce(SessionId session, string data)
    {
        lock (_gate)
        {
            _channel.Ask(new ChannelRequest.Announce(session, null, ChannelRig.Text(data)));
        }
    }

    /// <summary>The next questions of the relay get no answer.</summary>
    public void DropAnswers(int count)
    {
        lock (_gate)
        {
            _drops = count;
        }
    }

    /// <summary>Waits, while the clock runs, for what comes about sooner or later.</summary>
    public Task Until(Func<bool> condition, string what) => Deadline.Until(
        () =>
        {
            if (condition())
            {
                return true;
            }

            Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        what);

    public bool Owns(EntityAddress address) => true;

    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Register(IEntityKind kind)
    {
    }

    public void Register(INodeReceiver receiver)
    {
    }

    public void Register(IInquiryReceiver receiver)
    {
    }

    public Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        throw new NodeUnreachableException(node, "there are no links here");

    public void Tell(EntityAddress to, EntityMessage message) => Ask(to, message, this.Nobody, 0);

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag)
    {
        lock (_gate)
        {
            Asked.Add(message.GetType().Name);
            if (_drops > 0)
            {
                _drops--;
                return;
            }

            _channel.Step(new ChannelInput.Asked((ChannelRequest)message, new ReplyTo(receiver, tag)));
            _channel.ServeReads();
        }
    }

    public void TellNode(NodeId node, NodeMessage message) => throw new NotSupportedException("a relay tells no node");

    public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Dispose() => _timers.Dispose();

    private IReplyReceiver Nobody { get; } = new Deaf();

    private void Tell(ChannelNews news)
    {
        if (!_losesNews)
        {
            Relay.OnNews(news);
        }
    }

    private sealed class Deaf : IReplyReceiver
    {
        public void OnReply(long tag, EntityReply reply)
        {
        }
    }
}
