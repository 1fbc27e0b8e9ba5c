// Passkeys: asks the browser to make or use one and puts its answer into the form, then sends the form.
// Forms carry data-passkey="create", "get" or "sign-in"; the server's options are in #passkey-options or fetched.
(() => {
  "use strict";

  const SENTENCES = {
    NotAllowedError: "That was cancelled, or took too long. Try again.",
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: "Passkeys work only under this site’s own name. On your own machine, open it as localhost.",
    NotSupportedError: "This device cannot make a passkey of the kind we need.",
  };
  const FAILED = "The passkey did not work. Try again, or use another way.";

  const decode = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };

  const encode = (buffer) => {
    if (!buffer) return null;
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const withIds = (list) => (list || []).map((item) => ({ ...item, id: decode(item.id) }));

  const create = ({ publicKey }) =>
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: decode(publicKey.challenge),
        user: { ...publicKey.user, id: decode(publicKey.user.id) },
        excludeCredentials: withIds(publicKey.excludeCredentials),
      },
    });

  const get = ({ publicKey }) =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: decode(publicKey.challenge),
        allowCredentials: withIds(publicKey.allowCredentials),
      },
    });

  const answer = (credential) => {
    const response = { clientDataJSON: encode(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = encode(credential.response[part]);
    }
    return {
      id: credential.id,
      rawId: encode(credential.rawId),
      type: credential.type,
      response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const options = async (form) => {
    if (form.dataset.passkey !== "sign-in") {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!reply.ok) throw new Error(`passkey options: ${reply.status}`);
    return reply.json();
  };

  const say = (form, sentence) => {
    const place = form.querySelector("[data-passkey-problem]");
    place.textContent = sentence;
    place.hidden = !sentence;
  };

  const run = async (form) => {
    say(form, "");
    const found = await options(form);
    const credential = found.creation_options ? await create(found.creation_options) : await get(found.request_options);
    form.elements.namedItem("credential").value = JSON.stringify(answer(credential));
    form.submit();
  };

  const start = (form) => {
    if (!window.PublicKeyCredential) {
      if (!form.hidden) say(form, "This browser has no passkeys. Use another way.");
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      run(form)
        .catch((error) => say(form, SENTENCES[error.name] || FAILED))
        .finally(() => { button.disabled = false; });
    });
  };

  document.querySelectorAll("form[data-passkey]").forEach(start);
})();
