using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Takes the word of the application back: within seconds no node counts what was issued before, and what is connected with it is closed with <c>unauthorized</c>.
/// </summary>
public interface IRevocations
{
    /// <summary>Voids the user's tokens that were issued until now, and those that do not say when. A newer token counts.</summary>
    /// <param name="reason">For those who look into it later; clients are not told.</param>
    Task<RevocationReply> RevokeAsync(UserId user, string? reason, CancellationToken cancellation);

    /// <summary>Ends a session for good, whoever has it: it is never resumed.</summary>
    Task<RevocationReply> RevokeAsync(SessionId session, string? reason, CancellationToken cancellation);
}
