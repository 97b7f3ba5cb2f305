using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The part of a feed that asks its channel, and asks again when no answer comes.</summary>
internal sealed partial class ChannelFeed
{
    private const int IdleTicksBeforeStop = 10;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private void Answered(Question question, EntityReply reply)
    {
        switch (question, reply)
        {
            case (Question.Listening asked, ChannelReply.Listening listening) when asked.Generation == _generation:
                Listening(listening);
                break;
            case (Question.Listening asked, EntityReply.Refused refused) when asked.Generation == _generation:
                RefuseEarly(refused);
                break;
            case (Question.Where where, ChannelReply.Located located) when where.Subscriber.Index >= 0:
                Placed(where.Subscriber, located.Position, located.Recovered, located.Gap);
                break;
            case (Question.Where where, EntityReply.Refused refused) when where.Subscriber.Index >= 0:
                Refuse(where.Subscriber, refused);
                break;
            case (Question.Page page, ChannelReply.Page answer):
                _pages.Remove(page.After);
                Turn(page, answer);
                break;
            case (Question.Page page, EntityReply.Refused):
                // The store cannot be read now. Asked again at the next tick; the readers keep their positions.
                page.AskedAt = 0;
                _questions.Add(++_lastTag, page);
                StartTicking();
                break;
            default:
                break;
        }
    }

    private void Listening(ChannelReply.Listening listening)
    {
        _listening = true;
        if (listening.Presence is { } presence && _presence is not null)
        {
            var missed = _presence.Revision != presence.Revision;
            _presence.Reset(presence);
            if (missed)
            {
                foreach (var subscriber in _subscribers)
                {
                    if (subscriber.Cursor.Mode is not CursorMode.Held)
                    {
                        SendRoster(subscriber);
                    }
                }
            }
        }

        var early = _early;
        _early = [];
        MoveHead(listening.Head);
        foreach (var subscriber in early)
        {
            Place(subscriber);
        }
    }

    private void RefuseEarly(EntityReply.Refused refused)
    {
        var early = _early;
        _early = [];
        foreach (var subscriber in early)
        {
            Refuse(subscriber, refused);
        }

        // Others may be live from before the channel was forgotten: keep trying for them.
        StartTicking();
    }

    private void Refuse(Subscriber subscriber, EntityReply.Refused refused)
    {
        var owner = subscriber.Owner;
        var last = _subscribers[^1];
        _subscribers[subscriber.Index] = last;
        last.Index = subscriber.Index;
        _subscribers.RemoveAt(_subscribers.Count - 1);
        subscriber.Index = -1;
        owner.OnJoinRefused(subscriber, refused);
    }

    private void Tick()
    {
        _ticking = false;
        var now = _services.Time.GetTimestamp();
        List<(long Tag, Question Question)>? late = null;
        foreach (var (tag, question) in _questions)
        {
            if (question.AskedAt == 0 || _services.Time.GetElapsedTime(question.AskedAt, now) > AnswerTimeout)
            {
                (late ??= []).Add((tag, question));
            }
        }

        foreach (var (tag, question) in late ?? [])
        {
            _questions.Remove(tag);
            AskAgain(question);
        }

        if (!_listening && _subscribers.Count > 0 && !_questions.Values.Any(question => question is Question.Listening))
        {
            Listen();
        }

        if (_countChanged && _presence is not null)
        {
            _countChanged = false;
            foreach (var subscriber in _subscribers)
            {
                if (subscriber.Cursor.Mode is not CursorMode.Held && subscriber.PresenceRevision != _presence.Revision)
                {
                    SendRoster(subscriber);
                }
            }
        }

        if (_subscribers.Count == 0 && ++_idleTicks >= IdleTicksBeforeStop)
        {
            _services.Cluster.Tell(EntityAddress.Of(_name), new ChannelRequest.Unlisten(_services.Self, _generation));
            _services.Forget(_name, this);
            Stop();
        }
        else if (_questions.Count > 0 || _subscribers.Count == 0 || !_listening)
        {
            StartTicking();
        }
    }

    private void AskAgain(Question question)
    {
        switch (question)
        {
            case Question.Listening asked when asked.Generation == _generation:
                Listen();
                break;
            case Question.Where where when where.Subscriber.Index >= 0:
                Refuse(where.Subscriber, new EntityReply.Refused(ErrorCode.Timeout, "the channel gave no answer in time", 1000));
                break;
            case Question.Page page:
                _pages.Remove(page.After);
                foreach (var subscriber in page.Readers)
                {
                    if (subscriber.Index >= 0 && subscriber.Cursor.Mode is CursorMode.CatchingUp && subscriber.Cursor.Position == page.After)
                    {
                        ReadOn(subscriber);
                    }
                }

                break;
            default:
                break;
        }
    }

    /// <summary>What the feed waits for.</summary>
    private abstract class Question
    {
        /// <summary>Monotonic; 0: to be asked again at the next tick.</summary>
        public long AskedAt { get; set; }

        public sealed class Listening(long generation) : Question
        {
            public long Generation => generation;
        }

        public sealed class Where(Subscriber subscriber) : Question
        {
            public Subscriber Subscriber => subscriber;
        }

        public sealed class Page(StreamPosition after, List<Subscriber> readers) : Question
        {
            public StreamPosition After => after;

            public List<Subscriber> Readers => readers;
        }
    }
}
