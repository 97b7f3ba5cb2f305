using Realtime.Node.Events;

namespace Realtime.Node.Application.Handlers;

/// <summary>Of handlers that are told of events. What they return is of no interest.</summary>
internal sealed class OutcomeEnds : IHandlerEnds<EventOutcome>
{
    private OutcomeEnds()
    {
    }

    public static OutcomeEnds Instance { get; } = new();

    public EventOutcome Returned(object? value) => EventOutcome.Done;

    public EventOutcome Refused(RefusedException refused) => new EventOutcome.Refused(refused.Message);

    public EventOutcome Busy() => new EventOutcome.Failed("the application has too much to do", TimeSpan.FromSeconds(1));

    public EventOutcome TooSlow(TimeSpan limit) => new EventOutcome.Failed($"the application has not answered within {limit}");

    public EventOutcome Failed() => new EventOutcome.Failed("the application failed");
}
