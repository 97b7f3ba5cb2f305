namespace Realtime.Messages.Cluster;

/// <summary>The answer to a <see cref="PlanRequest"/>.</summary>
public abstract record PlanReply
{
    private PlanReply()
    {
    }

    public sealed record Judged(PlanAnswer Answer) : PlanReply;
}
