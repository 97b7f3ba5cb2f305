using Realtime.Messages.Operators;
using Realtime.Node.Events;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Outboxes;

namespace Realtime.Node.Operations.Answers;

/// <summary>How events come to those who take them, and what is done about those that are dead.</summary>
internal sealed class WebhookAnswers(OperatorServices services, Peers peers)
{
    /// <summary>Each is a request to the application.</summary>
    private const int Most = 100;

    private EventDesk Desk => services.Deliveries ?? throw new QuestionRefusedException(OperatorReply.Unavailable("No events are delivered from here."));

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var pages = await peers.GatherAsync(question, OwnListAsync, OperatorJson.Default.WebhookPage, cancellation).ConfigureAwait(false);
        var targets = pages.Answers.SelectMany(page => page.Answer.Targets).GroupBy(target => target.Target, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new WebhookStatus(
                group.Key,
                group.Sum(target => target.Delivered),
                group.Sum(target => target.Failed),
                group.Sum(target => target.Dead),
                group.Sum(target => target.Waiting),
                group.Max(target => target.LagMilliseconds)));
        return OperatorReply.Ok(new WebhookPage([.. targets], pages.Unreachable), OperatorJson.Default.WebhookPage);
    }

    public Task<OperatorReply> OwnListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var targets = Desk.Targets.Select(target =>
        {
            var (delivered, failed, dead, waiting, lag) = Desk.Look(target);
            return new WebhookStatus(target.Name, delivered, failed, dead, waiting, lag);
        });
        return Task.FromResult(OperatorReply.Ok(new WebhookPage([.. targets], []), OperatorJson.Default.WebhookPage));
    }

    public async Task<OperatorReply> DeadAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var letters = await Desk.DeadAsync(Target(question), cancellation).ConfigureAwait(false);
        var shown = letters.Take(question.Limit()).Select(letter => new DeadEvent(
            letter.Event.Id,
            EventNames.Of(letter.Event.Kind),
            letter.Event.Channel?.Value,
            letter.Event.Session.IsNone ? null : letter.Event.Session.ToString(),
            DateTimeOffset.FromUnixTimeMilliseconds(letter.Event.At),
            DateTimeOffset.FromUnixTimeMilliseconds(letter.At),
            letter.Tries,
            letter.Why));
        return OperatorReply.Ok(new DeadEventPage([.. shown], letters.Count), OperatorJson.Default.DeadEventPage);
    }

    public async Task<OperatorReply> ReplayAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var target = Target(question);
        var (done, failed, why) = (0, 0, "");
        foreach (var letter in await ChosenAsync(target, question, cancellation).ConfigureAwait(false))
        {
            if (await Desk.ReplayAsync(target, letter, cancellation).ConfigureAwait(false) is { } refusal)
            {
                (failed, why) = (failed + 1, refusal);
            }
            else
            {
                done++;
            }
        }

        return failed == 0
            ? OperatorReply.Done($"{done} delivered to {target.Name}.")
            : OperatorReply.Conflict($"{done} delivered to {target.Name}, {failed} not: {why}. Those are dead letters still.");
    }

    public async Task<OperatorReply> DropAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var target = Target(question);
        var letters = await ChosenAsync(target, question, cancellation).ConfigureAwait(false);
        foreach (var letter in letters)
        {
            await Desk.DropAsync(target, letter, cancellation).ConfigureAwait(false);
        }

        return OperatorReply.Done($"{letters.Count} dropped that {target.Name} was not given.");
    }

    private async Task<IReadOnlyList<DeadLetter>> ChosenAsync(DeliveryTarget target, OperatorQuestion question, CancellationToken cancellation)
    {
        var ids = question.Read(ActionBodies.Default.DeadEvents, new OperatorActions.DeadEvents()).Ids;
        if (ids is { Count: > Most })
        {
            throw OperatorQuestion.Bad($"ids are at most {Most} at a time.", "ids");
        }

        var letters = await Desk.DeadAsync(target, cancellation).ConfigureAwait(false);
        if (ids is null)
        {
            return [.. letters.Take(Most)];
        }

        return ids.FirstOrDefault(id => letters.All(letter => letter.Event.Id != id)) is { } unknown
            ? throw new QuestionRefusedException(OperatorReply.NotFound($"{target.Name} has no dead letter {unknown}; nothing was done.", "ids"))
            : [.. letters.Where(letter => ids.Contains(letter.Event.Id))];
    }

    private DeliveryTarget Target(OperatorQuestion question) => Desk.Find(question.Arguments[0]) is { } target
        ? target
        : throw new QuestionRefusedException(OperatorReply.NotFound(
            Desk.Targets.Count == 0 ? "Nobody takes events." : $"'{question.Arguments[0]}' takes no events; there are {string.Join(", ", Desk.Targets.Select(known => known.Name))}.", "target"));
}
