using Realtime.Messages.Errors;

namespace Realtime.Node.Connections.Core;

/// <summary>Questions to the application that it has not answered. Each goes on with its verdict, or with a refusal when none comes in time.</summary>
internal sealed class OpenQuestions(ConnectionContext context)
{
    private static readonly Verdict.Refused Late = new(ErrorCode.Timeout, "the application did not answer in time", 1000, Outcome.Unknown);

    // Most connections never ask: nothing is made for them.
    private Dictionary<long, (long Since, Action<Verdict> Then)>? _open;

    public int Count => _open?.Count ?? 0;

    public void Ask(Question question, Action<Verdict> then)
    {
        var tag = context.NextTag();
        (_open ??= []).Add(tag, (context.Now.Ticks, then));
        context.Effects.Add(new ConnectionEffect.Ask(tag, question));
    }

    /// <summary>A subscription that the rules allow: goes on with <paramref name="yes"/>, at once where the application has no say.</summary>
    public void MayJoin(ConnectionSubscription subscription, Action yes, Action<Verdict> no)
    {
        if (subscription.ByServer || context.Setup.Application?.DecidesSubscribe(subscription.Channel) is not true)
        {
            yes();
            return;
        }

        Ask(
            new Question.Subscribe(context.Session, context.Identity, subscription.Channel, subscription.Presence),
            verdict =>
            {
                if (subscription.Stage is not SubscriptionStage.Joining)
                {
                    return; // The connection leaves everything.
                }

                if (verdict is Verdict.Allowed)
                {
                    yes();
                }
                else
                {
                    no(verdict);
                }
            });
    }

    public void Decided(long tag, Verdict verdict)
    {
        if (_open is not null && _open.Remove(tag, out var open))
        {
            open.Then(verdict);
        }
    }

    public void Sweep()
    {
        if (_open is not { Count: > 0 })
        {
            return;
        }

        foreach (var (tag, (since, _)) in _open.OrderBy(open => open.Key).ToList())
        {
            if (context.Now.Ticks - since > ConnectionMachine.RequestTimeout)
            {
                Decided(tag, Late);
            }
        }
    }
}
