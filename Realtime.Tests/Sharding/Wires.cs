using System.Collections.Concurrent;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Sharding;

/// <summary>Links without sockets: streams between engines in one process that can be cut and mended.</summary>
internal sealed class Wires
{
    private readonly ConcurrentDictionary<Incarnation, (ILinkReceiver Receiver, End End)> _nodes = new();
    private readonly ConcurrentDictionary<(Incarnation, Incarnation), Stream> _streams = new();
    private readonly ConcurrentDictionary<(string, string), bool> _cut = new();

    /// <summary>Names of nodes that run a version without inquiries.</summary>
    public HashSet<NodeId> Old { get; } = [];

    public ILinks Of(NodeId name, ILinkReceiver receiver) => new End(this, name, receiver);

    /// <summary>Both streams between two nodes are lost; new ones come up only after <see cref="Mend"/>.</summary>
    public void Cut(NodeId one, NodeId other)
    {
        _cut[(one.Name, other.Name)] = _cut[(other.Name, one.Name)] = true;
        foreach (var (key, stream) in _streams)
        {
            if (IsCut(key.Item1, key.Item2))
            {
                stream.Lose();
            }
        }
    }

    public void Mend(NodeId one, NodeId other)
    {
        _cut.TryRemove((one.Name, other.Name), out _);
        _cut.TryRemove((other.Name, one.Name), out _);
        foreach (var (_, node) in _nodes)
        {
            node.End.Dial();
        }
    }

    private bool IsCut(Incarnation one, Incarnation other) =>
        !_nodes.TryGetValue(one, out var from) || !_nodes.TryGetValue(other, out var to) || _cut.ContainsKey((from.End.Name, to.End.Name));

    /// <summary>One direction: what was taken is delivered in order, one at a time, until the stream is lost.</summary>
    private sealed class Stream(Wires wires, Incarnation from, Incarnation to) : Actor<object>
    {
        private volatile bool _lost;

        public void Lose()
        {
            if (wires._streams.TryRemove(KeyValuePair.Create((from, to), this)))
            {
                _lost = true;
                foreach (var (here, there) in ((Incarnation, Incarnation)[])[(from, to), (to, from)])
                {
                    if (wires._nodes.TryGetValue(here, out var node))
                    {
                        node.End.Deliver(there, null);
                    }
                }
            }
        }

        protected override void Receive(object message)
        {
            if (!_lost && wires._nodes.TryGetValue(to, out var node))
            {
                node.End.Deliver(from, (LinkFrame)message);
            }
        }
    }

    private sealed class End(Wires wires, NodeId name, ILinkReceiver receiver) : ILinks
    {
        private readonly Lock _delivering = new();
        private readonly HashSet<Incarnation> _peers = [];
        private Incarnation _self;

        public string Name => name.Name;

        public ValueTask<int> ListenAsync(CancellationToken cancellation = default) => ValueTask.FromResult(1);

        public void Follow(Incarnation self, IReadOnlyList<NodeRow> nodes)
        {
            lock (_peers)
            {
                if (self != _self)
                {
                    Hide();
                    _self = self;
                    wires._nodes[self] = (receiver, this);
                }

                _peers.Clear();
                _peers.UnionWith(nodes.Select(node => node.Incarnation).Where(node => node != self));
            }

            foreach (var (_, node) in wires._nodes)
            {
                node.End.Dial();
            }
        }

        public void Dial()
        {
            Incarnation[] peers;
            lock (_peers)
            {
                peers = [.. _peers];
            }

            foreach (var peer in peers)
            {
                if (!wires.IsCut(_self, peer) && wires._streams.TryAdd((_self, peer), new Stream(wires, _self, peer)))
                {
                    ThreadPool.QueueUserWorkItem(_ => receiver.OnUp(peer));
                }
            }
        }

        public void Deliver(Incarnation from, LinkFrame? frame)
        {
            lock (_delivering)
            {
                if (frame is null)
                {
                    receiver.OnReset(from);
                }
                else
                {
                    receiver.OnFrame(from, frame);
                }
            }
        }

        public bool Send(Incarnation to, LinkFrame frame) => Put(to, frame is LinkFrame.Status status && wires.Old.Contains(name)
            ? status with { Answers = false }
            : frame);

        private bool Put(Incarnation to, LinkFrame frame) => wires._streams.TryGetValue((_self, to), out var stream) && stream.Tell(frame);

        public bool IsUp(Incarnation peer) => wires._streams.ContainsKey((_self, peer));

        public long QueuedBytes(Incarnation peer) => 0;

        public ValueTask DisposeAsync()
        {
            Hide();
            return ValueTask.CompletedTask;
        }

        private void Hide()
        {
            wires._nodes.TryRemove(_self, out _);
            foreach (var ((from, to), stream) in wires._streams)
            {
                if (from == _self || to == _self)
                {
                    stream.Lose();
                }
            }
        }
    }
}
