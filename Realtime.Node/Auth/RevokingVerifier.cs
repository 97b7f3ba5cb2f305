namespace Realtime.Node.Auth;

/// <summary>Judges tokens as another verifier does, and refuses those of revoked users.</summary>
public sealed class RevokingVerifier(ITokenVerifier tokens, RevocationList revocations) : ITokenVerifier
{
    public TokenVerdict Verify(string token, DateTimeOffset now)
    {
        var verdict = tokens.Verify(token, now);
        return verdict.Identity is { } identity && revocations.Refusal(default, identity) is { } refusal ? refusal : verdict;
    }
}
