using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Tells a new owner of the session that this connection stands for it, until it has said yes or no. Begins anew with every change: an answer
/// to an older question is of an owner that may be none any more.
/// </summary>
internal sealed class Holding(ConnectionContext context)
{
    /// <summary>Tags of these questions, downwards: each question has its own.</summary>
    public const long FirstTag = -10;

    /// <summary>A question without an answer is asked again after this, milliseconds.</summary>
    public const long AnswerTimeout = 5_000;

    /// <summary>
    /// When to give up and let the client resume, milliseconds. Longer than it takes to find out that an owner is dead and to replace it.
    /// </summary>
    public const long Patience = 60_000;

    private const long FirstPause = 500;
    private const long LongestPause = 4_000;

    private long _tag = FirstTag + 1;
    private long _began;
    private long _pause;

    public bool IsUnderWay { get; private set; }

    /// <summary>When to look again at the latest, monotonic milliseconds.</summary>
    public long Due { get; private set; } = long.MaxValue;

    public static bool IsTag(long tag) => tag <= FirstTag;

    public void Begin()
    {
        IsUnderWay = true;
        _began = context.Now.Ticks;
        _pause = FirstPause;
        Ask();
    }

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Answered(long tag, EntityReply reply)
    {
        if (tag != _tag || !IsUnderWay)
        {
            return null;
        }

        switch (reply)
        {
            case SessionReply.Done:
                End();
                return null;
            case SessionReply.Attached attached:
                // What was told under the old number since the question did not count, and is in the next one.
                context.Attachment = attached.Attachment;
                Ask();
                return null;
            case SessionReply.Stale:
                End();
                return CloseCode.Superseded;
            case EntityReply.Refused refused:
                // Connections have numbers in a row: those that were refused together do not come back together.
                Due = context.Now.Ticks + Math.Max(refused.RetryAfter ?? 0, _pause) + (context.Id.Value % 512);
                _pause = Math.Min(_pause * 2, LongestPause);
                return null;
            default:
                End();
                foreach (var known in context.Subscriptions.Where(known => known is { IsInSession: true, Presence: not null }))
                {
                    context.Probe(context.Session, known.Channel);
                }

                return CloseCode.SessionUnavailable;
        }
    }

    /// <returns>Null, or why the connection is closed.</returns>
    public CloseCode? Sweep()
    {
        if (!IsUnderWay || context.Now.Ticks < Due)
        {
            return null;
        }

        if (context.Now.Ticks - _began >= Patience)
        {
            End();
            return CloseCode.SessionUnavailable;
        }

        Ask();
        return null;
    }

    private void Ask()
    {
        Due = context.Now.Ticks + AnswerTimeout;
        context.Effects.Add(new ConnectionEffect.AskSession(
            context.Session,
            new SessionRequest.Hold(
                context.Setup.Node, context.Id, context.Attachment, context.Identity,
                [.. context.Subscriptions.Where(known => known.IsInSession).Select(known => known.ForSession())])
            {
                Attempt = context.Attempt,
                IsUnwritten = context.IsUnwritten,
            },
            --_tag));
    }

    private void End()
    {
        IsUnderWay = false;
        Due = long.MaxValue;
    }
}
