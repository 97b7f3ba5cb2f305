namespace Realtime.Node.Auth;

/// <summary>The keys that a node knows.</summary>
internal interface ITokenKeys
{
    /// <summary>What <c>iss</c> must be where the operator did not say; null: anything.</summary>
    string? Issuer => null;

    /// <param name="missing">Why there is none.</param>
    TokenKey? Find(TokenHeader header, out TokenVerdict missing);
}
