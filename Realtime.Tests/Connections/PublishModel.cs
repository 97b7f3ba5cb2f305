using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>
/// A connection that publishes numbers, a way to the channel and back that loses messages, and a channel that keeps what it has committed
/// when it
/// is replaced. The client sends each number once.
/// </summary>
internal sealed class PublishModel
{
    private readonly ConnectionRig _rig = new(new Node.Connections.ConnectionPolicy { RequestBurst = 10_000 });
    private readonly Queue<ChannelRequest.Publish> _toChannel = new();
    private readonly Queue<ChannelReply> _toConnection = new();
    private readonly List<ChannelRequest.Publish> _pending = [];
    private readonly List<long> _committed = [];
    private long _last;

    public PublishModel() => _rig.Welcome(new ClientFrame.Hello(1) { Producer = ConnectionRig.Producer() });

    /// <param name="steps">What happens, one number each.</param>
    public bool Run(int[] steps)
    {
        foreach (var step in steps)
        {
            Do(step);
            Check();
        }

        // Nothing is lost any more: everything is answered.
        for (var round = 0; round < 40 && Answered().Count < _last; round++)
        {
            Exchange();
            Commit();
            Exchange();
            _rig.Come(new ClientFrame.Pong([]));
            _rig.Pass(500);
            Collect();
            Check();
        }

        Answered().Count.ShouldBe((int)_last, "every publish has one answer");
        return true;
    }

    private void Do(int step)
    {
        switch (step % 10)
        {
            case 0 or 1 when _last < 100:
                _last++;
                _rig.Come(new ClientFrame.Publish(_last + 100, ConnectionRig.Chat, ConnectionRig.Text("a")) { Sequence = _last });
                break;
            case 2 or 3:
                Deliver();
                break;
            case 4:
                _toChannel.TryDequeue(out _);
                break;
            case 5:
                Commit();
                break;
            case 6:
                Answer();
                break;
            case 7:
                _toConnection.TryDequeue(out _);
                break;
            case 8:
                Replace(step);
                break;
            default:
                _rig.Come(new ClientFrame.Pong([]));
                _rig.Pass(step % 7 * 100);
                break;
        }

        Collect();
    }

    private void Collect()
    {
        _rig.ChannelQuestions.ForEach(request => _toChannel.Enqueue((ChannelRequest.Publish)request));
        _rig.ChannelQuestions.Clear();
    }

    private void Exchange()
    {
        while (_toChannel.Count > 0)
        {
            Deliver();
        }

        while (_toConnection.Count > 0)
        {
            Answer();
        }
    }

    private void Deliver()
    {
        if (!_toChannel.TryDequeue(out var request))
        {
            return;
        }

        if (_committed.Contains(request.Sequence!.Value))
        {
            _toConnection.Enqueue(new ChannelReply.Published(request.Tag, ConnectionRig.Head));
        }
        else if (request.Predecessor is { } predecessor && !_committed.Contains(predecessor)
            && _pending.TrueForAll(known => known.Sequence != predecessor))
        {
            _toConnection.Enqueue(new ChannelReply.Retry(request.Tag, predecessor));
        }
        else if (_pending.TrueForAll(known => known.Sequence != request.Sequence))
        {
            _pending.Add(request);
        }
    }

    private void Commit()
    {
        foreach (var request in _pending)
        {
            _committed.Add(request.Sequence!.Value);
            _toConnection.Enqueue(new ChannelReply.Published(request.Tag, ConnectionRig.Head));
        }

        _pending.Clear();
    }

    private void Answer()
    {
        if (_toConnection.TryDequeue(out var reply))
        {
            _rig.Step(new ConnectionInput.ChannelReplied(reply));
            Collect();
        }
    }

    /// <summary>The channel's actor goes: what is pending is given back, refused, or forgotten without a word.</summary>
    private void Replace(int how)
    {
        foreach (var request in _pending)
        {
            if (how % 3 == 0)
            {
                _toConnection.Enqueue(new ChannelReply.Retry(request.Tag));
            }
            else if (how % 3 == 1)
            {
                _toConnection.Enqueue(new ChannelReply.Refused(request.Tag, ErrorCode.Unavailable, "not now", 100));
            }
        }

        _pending.Clear();
    }

    private List<long> Answered() => [.. _rig.Sent.Select(frame => frame switch
    {
        ServerFrame.PublishReply reply => reply.Id - 100,
        ServerFrame.Error error => error.Id - 100,
        _ => 0,
    }).Where(sequence => sequence > 0)];

    private void Check()
    {
        _committed.SequenceEqual(_committed.Order()).ShouldBeTrue("nothing overtakes what was sent before it");
        _committed.ShouldBeUnique();
        Answered().ShouldBeUnique();
        foreach (var reply in _rig.Sent.OfType<ServerFrame.PublishReply>())
        {
            _committed.ShouldContain(reply.Id - 100, "what is answered is committed");
        }

        foreach (var error in _rig.Sent.OfType<ServerFrame.Error>().Where(error => error.Outcome is Outcome.None))
        {
            _committed.ShouldNotContain(error.Id - 100, "what is refused for certain is not committed");
        }
    }
}
