using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>What all connections of a node go by.</summary>
public sealed record ConnectionSetup(
    NodeId Node, ConnectionPolicy Policy, NamespaceTable Namespaces, ITokenVerifier Tokens, ResumeTokens ResumeTokens)
{
    /// <summary>Users and sessions that do not count any more.</summary>
    public RevocationList Revocations { get; init; } = RevocationList.Empty;

    /// <summary>Null: nobody counts the connections.</summary>
    public IArrivals? Arrivals { get; init; }

    /// <summary>Milliseconds.</summary>
    internal int CrashWindow => Arrivals?.CrashWindow ?? (int)Policy.CrashWindow.TotalMilliseconds;

    internal IReadOnlyList<string> Others => Arrivals?.Others ?? [];

    /// <summary>Null: sessions without a token are not bounded.</summary>
    internal IAnonymousSessions? Anonymous { get; init; }

    /// <summary>What is left for one connection, its user and its address.</summary>
    public LimitsPolicy Limits { get; init; } = new();

    /// <summary>Null: users are not limited.</summary>
    internal IUserQuotas? Users { get; init; }

    /// <summary>Null: the application has no code in this process.</summary>
    internal IApplicationInterest? Application { get; init; }

    internal ISubscriptionTokens SubscriptionTokens { get; } = Tokens as ISubscriptionTokens ?? new NoSubscriptionTokens();

    internal AccessCheck Access { get; } = new(Namespaces, Policy.HidesChannels);

    /// <summary>Whether a connection that was let in as one that comes back may stay: it does, or there is room for it as a newcomer.</summary>
    internal bool AdmitsAfterAll(string? resumeToken) =>
        ResumeTokens.TryVerify(resumeToken, out _) || Arrivals is null || Arrivals.TryConvert();
}
