namespace Realtime.Node.Auth;

/// <summary>What kind of key an algorithm needs. A key of one kind is never tried for another: a public key would pass for a secret.</summary>
public enum KeyFamily
{
    Secret = 1,
    Rsa = 2,
    Elliptic = 3,
}
