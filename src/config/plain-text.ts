/** Texts of `aiqyn.yaml`. */
import { z } from 'zod';

/** `${NAME}` is replaced in secret fields only; anywhere else it is most likely a mistake, so it is not taken literally. */
export const Text = z
  .string()
  .min(1)
  .refine(
    (text) => !/\$\{\w+\}/.test(text),
    'a plain text: ${NAME} is replaced in `token` and `password` only',
  );

export const SecretText = z.string().min(1);
