/** Size of the picture that a link to an incident is shown with. */
export const CARD_WIDTH_PX = 1_200;
export const CARD_HEIGHT_PX = 630;
